using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Carafe.Testing;

/// <summary>
/// Makes a body that the binder takes and that breaks every rule in it, by the app's own JSON options: in generic types, lists, dictionaries and whatever
/// lies below.
/// </summary>
internal sealed class ProbeBody(JsonSerializerOptions json)
{
    private static readonly int?[] Counts = [0, 1, 300];

    private readonly List<string> _broken = [];
    private readonly HashSet<Type> _above = [];

    /// <summary>Where a value is invalid, as a response names it.</summary>
    public IReadOnlyList<string> Broken => _broken;

    public JsonNode? Make(Type type, string path = "")
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var info = json.GetTypeInfo(type);
        return info switch
        {
            { Kind: JsonTypeInfoKind.Object, PolymorphismOptions.DerivedTypes: [var first, ..] }
                when type.IsAbstract => Object(json.GetTypeInfo(first.DerivedType), path, info.PolymorphismOptions!, first.TypeDiscriminator),
            { Kind: JsonTypeInfoKind.Object } => Object(info, path),
            { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } => IsAbove(element) ? new JsonArray() : new JsonArray(Make(element, $"{path}[0]")),
            { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } value, KeyType: { } key } => IsAbove(value)
            || key != typeof(string) ? new JsonObject() : new JsonObject { ["key"] = Make(value, Join(path, "key")) },
            _ => Plain(type),
        };
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private bool IsAbove(Type type) => _above.Contains(Nullable.GetUnderlyingType(type) ?? type);

    private JsonObject Object(JsonTypeInfo info, string path, JsonPolymorphismOptions? choice = null, object? which = null)
    {
        var made = new JsonObject();
        if (choice is not null && which is not null)
        {
            made[choice.TypeDiscriminatorPropertyName] = JsonSerializer.SerializeToNode(which);
        }

        _above.Add(info.Type);
        foreach (var member in info.Properties.Where(member => !member.IsExtensionData && (member.Set is not null || member.AssociatedParameter is not null)
            && !IsAbove(member.PropertyType)))
        {
            var at = Join(path, member.Name);
            if (Breaking(member) is { } broken)
            {
                _broken.Add(at);
                made[member.Name] = broken;
            }
            else
            {
                made[member.Name] = Make(member.PropertyType, at);
            }
        }

        _above.Remove(info.Type);
        return made;
    }

    // The binder must accept the body, or validation never runs.
    private JsonNode? Plain(Type type) =>
        type == typeof(string) || type == typeof(Uri) || type == typeof(char) ? JsonValue.Create("x")
        : type == typeof(Version) ? JsonValue.Create("1.0")
        : type == typeof(byte[]) ? JsonValue.Create("")
        : type == typeof(JsonArray) ? new JsonArray()
        : type.IsEnum ? JsonSerializer.SerializeToNode(Enum.GetValues(type).GetValue(0), type, json)
        : type.IsValueType && type != typeof(JsonElement) ? JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, json)
        : new JsonObject();

    // The right JSON kind, and a value that the member's rules do not allow.
    private JsonNode? Breaking(JsonPropertyInfo member)
    {
        var rules = Of(member.AttributeProvider).Concat(Of(member.AssociatedParameter?.AttributeProvider))
            .Where(rule => rule is not RequiredAttribute && !rule.RequiresValidationContext).ToList();
        if (rules.Count == 0)
        {
            return null;
        }

        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        if (json.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element })
        {
            var count = Counts.FirstOrDefault(count => rules.Exists(rule => !rule.IsValid(Array.CreateInstance(element, count!.Value))));
            return count is null
                ? null
                : new JsonArray([.. Enumerable.Range(0, count.Value).Select(_ => Plain(Nullable.GetUnderlyingType(element) ?? element))]);
        }

        return Candidates(type).FirstOrDefault(value => rules.Exists(rule => !rule.IsValid(value))) is { } broken
            ? JsonSerializer.SerializeToNode(broken, type, json)
            : null;
    }

    private static IEnumerable<ValidationAttribute> Of(ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>() ?? [];

    private static IEnumerable<object> Candidates(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => Enum.GetValues(type).Cast<object>(),
        TypeCode.String => ["", "\u0001", new string('x', 200_000)],
        TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => new object[] { -1, 0, 1, 30_000 }.Select(number => Convert.ChangeType(number, type, null)),
        TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64 =>
        new object[] { 0, 1, 255 }.Select(number => Convert.ChangeType(number, type, null)),
        TypeCode.Decimal or TypeCode.Double or TypeCode.Single =>
        new object[] { -0.001m, 0m, 1m, 1_000_000_000m }.Select(number => Convert.ChangeType(number, type, null)),
        _ => [],
    };
}
