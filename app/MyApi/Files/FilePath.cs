using System.Diagnostics.CodeAnalysis;

namespace MyApi.Files;

/// <summary>A file's path as the caller names it: a key in the database, never a place on disk. Segments are neither empty nor dots, without backslashes or control characters.</summary>
public sealed record FilePath(string Value) : IParsable<FilePath>
{
    /// <summary>The last segment.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The path as it stands in a URL.</summary>
    public string Escaped => string.Join('/', Value.Split('/').Select(Uri.EscapeDataString));

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out FilePath result)
    {
        // The router leaves an encoded slash as it is; decoded it would be a second spelling of the same path.
        var valid = s is { Length: > 0 and <= 400 }
            && !s.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            && s.Split('/').All(segment => segment is not ("" or "." or "..") && !segment.Any(c => c is '\\' || char.IsControl(c)));
        result = valid ? new FilePath(s!) : null;
        return valid;
    }

    public static FilePath Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var path) ? path : throw new FormatException("Not a file path.");

    public override string ToString() => Value;
}
