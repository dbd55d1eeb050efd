using System.Text;
using System.Text.RegularExpressions;

namespace Carafe.Configuration;

/// <summary>Holds the values of the .env files; later files override earlier ones.</summary>
/// <param name="variable">Reads the real environment, which wins, also inside <c>${NAME}</c>.</param>
internal sealed partial class Dotenv(Func<string, string?> variable)
{
    public Dictionary<string, string?> Values { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Errors { get; } = [];

    /// <summary>Gets the files that were read.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Adds a file if it exists.</summary>
    public void Add(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        Files.Add(path);
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            AddText(reader.ReadToEnd(), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Errors.Add($"{path}: cannot be read: {error.Message}");
        }
        catch (DecoderFallbackException)
        {
            Errors.Add($"{path}: is not UTF-8.");
        }
    }

    private void AddText(string text, string path)
    {
        var parsed = DotenvParser.Parse(text);
        Errors.AddRange(parsed.Errors.Select(error => $"{path}:{error.Line}: {error.Message}."));
        foreach (var entry in parsed.Entries.Where(entry => entry.Value is not null))
        {
            Values[entry.Name] = entry.Expand ? Expand(entry.Value!) : entry.Value;
        }
    }

    private string Expand(string value) => Reference().Replace(value, match =>
        variable(match.Groups["name"].Value) ?? Values.GetValueOrDefault(match.Groups["name"].Value) ?? match.Groups["default"].Value);

    [GeneratedRegex(@"\$\{(?<name>[^}:]*)(?::-(?<default>[^}]*))?\}")]
    private static partial Regex Reference();
}
