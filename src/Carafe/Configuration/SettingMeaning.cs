using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Carafe.Configuration;

/// <summary>Reads what a setting means from the documentation file beside its assembly; there is nothing to say where an app was published without.</summary>
internal static partial class SettingMeaning
{
    public static string Of(PropertyInfo property, Dictionary<Assembly, XDocument?> files)
    {
        var assembly = property.DeclaringType!.Assembly;
        if (!files.TryGetValue(assembly, out var file))
        {
            var path = Path.ChangeExtension(assembly.Location, ".xml");
            files[assembly] = file = path.Length > 0 && File.Exists(path) ? XDocument.Load(path) : null;
        }

        var name = $"P:{property.DeclaringType.FullName}.{property.Name}";
        var summary = file?.Descendants("member").FirstOrDefault(member => (string?)member.Attribute("name") == name)?.Element("summary");
        if (summary is null)
        {
            return "";
        }

        var text = Space().Replace(string.Concat(summary.Nodes().Select(Plain)), " ").Trim();
        var meaning = Opening().Replace(text, "");
        return Word().IsMatch(meaning) ? char.ToUpperInvariant(meaning[0]) + meaning[1..] : meaning;
    }

    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { HasElements: false, Value.Length: > 0 } element => element.Value,
        XElement element when ((string?)element.Attribute("cref") ?? (string?)element.Attribute("langword")) is { } name => name[(name.LastIndexOf('.') + 1)..],
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("^[a-z]+,? ")]
    private static partial Regex Word();

    // "Gets or sets NAME: what it does", "NAME, which does it".
    [GeneratedRegex("^(Gets or sets |Gets )?[A-Z0-9_]+(:|, which|,)? *")]
    private static partial Regex Opening();
}
