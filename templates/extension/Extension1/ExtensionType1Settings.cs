namespace ExtensionNamespace1;

/// <summary>Holds the settings. An invalid one stops the start, listed with every other error.</summary>
public sealed class ExtensionType1Settings
{
    /// <summary>Gets or sets <c>EXTENSION_SETTING_1_GREETING</c>: the word to greet with. Default "Hello".</summary>
    [Required]
    public string ExtensionType1Greeting { get; set; } = "Hello";
}
