namespace Carafe;

/// <summary>Thrown when the configuration is invalid. It lists every error at once and never a secret's value.</summary>
/// <param name="errors">The errors, one sentence each.</param>
public sealed class ConfigurationException(IReadOnlyList<string> errors)
    : Exception("The configuration is not usable:" + string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}")))
{
    /// <summary>Gets the errors, one sentence each.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;

    internal static void ThrowIfAny(IReadOnlyList<string> errors)
    {
        if (errors.Count > 0)
        {
            throw new ConfigurationException(errors);
        }
    }
}
