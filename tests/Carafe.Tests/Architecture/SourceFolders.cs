using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Carafe.Tests.Architecture;

/// <summary>Which folders of a project name the types and extension methods of which others, read from the sources.</summary>
internal sealed partial class SourceFolders
{
    private readonly Dictionary<string, string> _codeByFile;
    private readonly string _root;

    public SourceFolders(string project)
    {
        _root = Path.Combine(Repository(), "src", project);
        _codeByFile = Directory.EnumerateFiles(_root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(_root, file).StartsWith("obj", StringComparison.Ordinal))
            .ToDictionary(file => file, file => Noise().Replace(File.ReadAllText(file), ""));
    }

    /// <summary>The folders that hold code, by name; the project's own files count as "".</summary>
    public IEnumerable<string> Names => _codeByFile.Keys.Select(Folder).Distinct().Order();

    /// <summary>Each use across folders, such as <c>Json/MergePatch.cs names BindingErrorReader of Binding</c>.</summary>
    public IEnumerable<(string From, string To, string Use)> Uses()
    {
        var owners = Owners();
        foreach (var (file, code) in _codeByFile)
        {
            var from = Folder(file);
            foreach (var name in Word().Matches(code).Select(word => word.Value).Distinct())
            {
                if (owners.TryGetValue(name, out var to) && to != from)
                {
                    yield return (from, to, $"{from}/{Path.GetFileName(file)} names {name.TrimStart('.').TrimEnd('(', '<')} of {to}");
                }
            }
        }
    }

    // A name that two folders declare tells nothing.
    private Dictionary<string, string> Owners() => _codeByFile
        .SelectMany(file => Declaration().Matches(file.Value).Select(match => (Name: match.Groups[1].Value, Folder: Folder(file.Key)))
            .Concat(Extension().Matches(file.Value).Select(match => (Name: $".{match.Groups[1].Value}", Folder: Folder(file.Key)))))
        .GroupBy(declared => declared.Name)
        .Where(group => group.Select(declared => declared.Folder).Distinct().Count() == 1)
        .ToDictionary(group => group.Key, group => group.First().Folder);

    private string Folder(string file) => Path.GetRelativePath(_root, file).Split('/', '\\') is [var folder, _, ..] ? folder : "";

    private static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex("""//[^\n]*|"(?:\\.|[^"\\\n])*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Noise();

    [GeneratedRegex(@"^(?:public|internal)[a-z ]*\b(?:class|record|interface|struct|enum|delegate)\s+(?:struct\s+)?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"static [^\n;{]*?\b(\w+)(?:<[^>\n]*>)?\(this ")]
    private static partial Regex Extension();

    [GeneratedRegex(@"(?<!\.)\b[A-Z]\w+|\.[A-Z]\w+(?=[(<])")]
    private static partial Regex Word();
}
