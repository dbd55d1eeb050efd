namespace Carafe;

/// <summary>Names the three environments. Any other name is most likely a typing error, so it is refused.</summary>
internal static class EnvironmentNames
{
    public const string Testing = "Testing";

    private static readonly string[] All = [Environments.Development, Testing, Environments.Production];

    public static string? Find(string name) => All.FirstOrDefault(known => known.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));

    public static string Error(string name, string source) =>
        $"The environment '{name}', given by {source}, does not exist. It is one of {string.Join(", ", All)}.";
}
