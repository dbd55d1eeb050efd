using System.Text;

namespace Carafe.Errors;

/// <summary>Collects the errors of a request by the name that the caller gave each member.</summary>
internal sealed class ValidationErrors
{
    // For a body of a million unknown members only the first few are reported.
    private const int Most = 50;

    private readonly Dictionary<string, List<string>> _byName = [];
    private Dictionary<string, ErrorSource>? _sources;

    public bool Any => _byName.Count > 0;

    public bool Full => _byName.Count >= Most;

    public bool Has(string name) => _byName.ContainsKey(Shorten(name));

    public void Add(string name, string text, ErrorSource source)
    {
        Add(name, text);
        (_sources ??= []).TryAdd(Shorten(name), source);
    }

    public void Add(string name, string text)
    {
        name = Shorten(name);
        if (!_byName.TryGetValue(name, out var texts))
        {
            if (Full)
            {
                return;
            }

            _byName[name] = texts = [];
        }

        if (!texts.Contains(text))
        {
            texts.Add(text);
        }
    }

    public ApiError ToError(int status = StatusCodes.Status400BadRequest)
    {
        var errors = _byName.ToDictionary(message => message.Key, message => message.Value.ToArray());
        return new ApiError(status, Summary(errors)) { Errors = errors, Sources = _sources, HasPaths = true };
    }

    /// <summary>Gets one line: "title is required; items[0].price must be a number."</summary>
    public static string Summary(IReadOnlyDictionary<string, string[]> errors)
    {
        var line = new StringBuilder();
        foreach (var (name, text) in errors.SelectMany(message => message.Value.Select(text => (message.Key, text))).Take(5))
        {
            line.Append(line.Length > 0 ? "; " : "");
            // "must be text" continues from the name; a sentence of the app's own does not.
            line.Append((name.Length, char.IsUpper(text[0])) switch { (0, true) => "", (0, false) => "The body ", (_, true) => $"{name}: ", _ => $"{name} " })
                .Append(text.TrimEnd('.'));
        }

        var more = errors.Sum(message => message.Value.Length) - 5;
        return line.Append(more > 0 ? $"; and {more} more." : ".").ToString();
    }

    private static string Shorten(string name) => name.Length <= 200 ? name : name[..199] + "…";
}
