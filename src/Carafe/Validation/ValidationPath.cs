using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Carafe.Errors;

namespace Carafe.Validation;

/// <summary>Translates the validator's path in C# names (<c>Items[0].PostTitle</c>) to the caller's (<c>items[0].post_title</c>).</summary>
internal static partial class ValidationPath
{
    /// <summary>Escapes a dictionary's key for the brackets.</summary>
    public static string Escape(string? key) => Uri.EscapeDataString(key ?? "").Replace(".", "%2E", StringComparison.Ordinal);

    public static (string Name, ICustomAttributeProvider? Member) Resolve(string path, Type? type, JsonSerializerOptions json)
    {
        var name = "";
        ICustomAttributeProvider? member = null;
        var info = InfoOf(type, json);
        foreach (Match step in Steps().Matches(path))
        {
            if (step.Groups["index"] is { Success: true, Value: var index })
            {
                name = info?.Kind == JsonTypeInfoKind.Dictionary ? ErrorPath.Join(name, Uri.UnescapeDataString(index)) : $"{name}[{index}]";
                info = InfoOf(info?.ElementType, json);
                continue;
            }

            var clr = step.Groups["member"].Value;
            var property = Find(info, clr, json);
            name = ErrorPath.Join(name, property?.Name ?? json.PropertyNamingPolicy?.ConvertName(clr) ?? clr);
            member = property?.AttributeProvider;
            info = InfoOf(property?.PropertyType, json);
        }

        return (name, member);
    }

    private static JsonPropertyInfo? Find(JsonTypeInfo? info, string clr, JsonSerializerOptions json) =>
        info?.Properties.FirstOrDefault(property => (property.AttributeProvider as MemberInfo)?.Name == clr)
        ?? info?.PolymorphismOptions?.DerivedTypes.Select(derived => Find(InfoOf(derived.DerivedType, json), clr, json))
        .FirstOrDefault(property => property is not null);

    private static JsonTypeInfo? InfoOf(Type? type, JsonSerializerOptions json) =>
        type is null ? null : json.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    [GeneratedRegex(@"\[(?<index>[^\]]*)\]|(?<member>[^.\[]+)")]
    private static partial Regex Steps();
}
