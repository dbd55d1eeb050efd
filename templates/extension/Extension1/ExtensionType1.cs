namespace ExtensionNamespace1;

/// <summary>Does what the extension is for.</summary>
public sealed class ExtensionType1(ExtensionType1Settings settings)
{
    /// <summary>Greets somebody.</summary>
    /// <exception cref="ExtensionType1Exception">There is nobody to greet. The app answers 422.</exception>
    public string Greet(string name) => name.Length > 0 ? $"{settings.ExtensionType1Greeting}, {name}!" : throw new ExtensionType1Exception();
}

/// <summary>There is nobody to greet.</summary>
public sealed class ExtensionType1Exception : Exception;
