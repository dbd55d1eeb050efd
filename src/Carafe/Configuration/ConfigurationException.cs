namespace Carafe;

/// <summary>The configuration makes no sense. It lists every fault at once and never a secret's value.</summary>
/// <param name="faults">One sentence each.</param>
public sealed class ConfigurationException(IReadOnlyList<string> faults)
    : Exception("The configuration is not usable:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}")))
{
    /// <summary>One sentence for each fault.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
