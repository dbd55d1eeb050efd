using System.Text;
using System.Text.RegularExpressions;

namespace Carafe.Configuration;

/// <summary>The values of the .env files, each file over the one before it.</summary>
/// <param name="variable">The real environment; it wins, also inside <c>${NAME}</c>.</param>
internal sealed partial class Dotenv(Func<string, string?> variable)
{
    public Dictionary<string, string?> Values { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Faults { get; } = [];

    /// <summary>Adds a file, if it is there.</summary>
    public void Add(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            AddText(reader.ReadToEnd(), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Faults.Add($"{path}: cannot be read: {fault.Message}");
        }
        catch (DecoderFallbackException)
        {
            Faults.Add($"{path}: is not UTF-8.");
        }
    }

    private void AddText(string text, string path)
    {
        var parsed = DotenvParser.Parse(text);
        Faults.AddRange(parsed.Faults.Select(fault => $"{path}:{fault.Line}: {fault.Fault}."));
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
