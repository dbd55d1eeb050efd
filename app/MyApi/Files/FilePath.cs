using System.Diagnostics.CodeAnalysis;

namespace MyApi.Files;

/// <summary>Represents a file's path as the caller names it: a key in the database, never a place on disk.</summary>
public sealed record FilePath(string Value) : IParsable<FilePath>
{
    /// <summary>Gets the last segment.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>Gets what is equal for paths that are too alike to be two files.</summary>
    public string Folded => FileNames.Fold(Value);

    /// <summary>Gets the path as it is written in a URL.</summary>
    public string Escaped => string.Join('/', Value.Split('/').Select(Uri.EscapeDataString));

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out FilePath result)
    {
        var valid = s is { Length: > 0 and <= 400 } && s.Split('/').All(FileNames.IsPlain);
        result = valid ? new FilePath(s!) : null;
        return valid;
    }

    public static FilePath Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var path) ? path : throw new FormatException("Not a file path.");

    public override string ToString() => Value;
}
