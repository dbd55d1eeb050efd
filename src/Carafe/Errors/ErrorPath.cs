using System.Text.RegularExpressions;

namespace Carafe.Errors;

/// <summary>
/// Makes the path of an error (<c>items[0].title</c>) and takes it apart. A name that has a dot or a bracket is quoted: <c>prices["a.b"]</c>.
/// </summary>
internal static partial class ErrorPath
{
    // A caller chooses the names in a path. Beyond this nobody reads it, and taking it apart would cost more than it tells.
    private const int Longest = 1000;

    /// <summary>Turns the serializer's path (<c>$.items[0].title</c>, <c>$['odd name']</c>) into the path of an error.</summary>
    public static string Read(string? path)
    {
        var whole = (path ?? "").TrimStart('$');
        if (whole.Length > Longest)
        {
            return whole.TrimStart('.');
        }

        var read = "";
        for (var at = 0; at < whole.Length;)
        {
            // The serializer does not escape what it quotes: a quote that ends a name is followed by the next step.
            if (Quoted().Match(whole, at) is { Success: true } quoted)
            {
                (read, at) = (Join(read, quoted.Groups["name"].Value), at + quoted.Length);
                continue;
            }

            var end = whole.IndexOfAny(['.', '['], at + 1) is > 0 and var next ? next : whole.Length;
            (read, at) = (whole[at] == '.' ? Join(read, whole[(at + 1)..end]) : read + whole[at..end], end);
        }

        return read;
    }

    /// <summary>Joins the path of a member. An empty name is written as in JSON, or it could not be told from the whole.</summary>
    public static string Join(string path, string name) => (name.Length, path.Length) switch
    {
        (0, 0) => "\"\"",
        (0, _) => $"{path}.\"\"",
        _ when name.AsSpan().ContainsAny(".[]\"") =>
            $"{path}[\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]",
        (_, 0) => name,
        _ => $"{path}.{name}",
    };

    /// <summary>Returns the names and indexes of a path that <see cref="Join"/> made.</summary>
    public static IEnumerable<string> Steps(string path) => Step().Matches(path).Select(step =>
        step.Groups["quoted"] is { Success: true, Value: var quoted } ? Escaped().Replace(quoted, "$1")
        : step.Groups["index"] is { Success: true, Value: var index } ? index
        : step.Value is "\"\"" ? "" : step.Value);

    [GeneratedRegex(@"\G\['(?<name>.*?)'\](?=[.\[]|$)", RegexOptions.Singleline)]
    private static partial Regex Quoted();

    [GeneratedRegex("""\["(?<quoted>(?:[^"\\]|\\.)*)"?\]?|\[(?<index>[^\]]*)\]?|[^.\[]+""", RegexOptions.Singleline)]
    private static partial Regex Step();

    [GeneratedRegex(@"\\(.)", RegexOptions.Singleline)]
    private static partial Regex Escaped();
}
