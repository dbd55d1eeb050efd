using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Testing;

/// <summary>
/// Checks JSON against the part of JSON Schema 2020-12 that OpenAPI documents of Carafe apps use. It is stricter in one point: a member that no schema
/// names is an error.
/// </summary>
internal sealed class ContractSchema(JsonElement root)
{
    public IEnumerable<string> Check(JsonElement schema, JsonElement value, string at = "$")
    {
        schema = Resolve(schema);
        return Types(schema, value, at).ToList() is { Count: > 0 } wrong ? wrong :
        [
            .. Choices(schema, value, at),
            .. value.ValueKind switch
            {
                JsonValueKind.Object => Members(schema, value, at),
                JsonValueKind.Array => Items(schema, value, at),
                JsonValueKind.String => Text(schema, value.GetString()!, at),
                JsonValueKind.Number => Number(schema, value, at),
                _ => [],
            },
        ];
    }

    /// <summary>Follows <c>$ref</c>.</summary>
    public JsonElement Resolve(JsonElement node)
    {
        while (node.ValueKind == JsonValueKind.Object && node.TryGetProperty("$ref", out var pointer))
        {
            node = pointer.GetString()!.TrimStart('#', '/').Split('/')
                .Aggregate(root, (at, step) => at.GetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        }

        return node;
    }

    /// <summary>Returns the types that a schema allows; empty means any.</summary>
    public static IReadOnlyList<string> TypesOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(item => item.GetString()!)] : [type.GetString()!];

    private static IEnumerable<string> Types(JsonElement schema, JsonElement value, string at)
    {
        var types = TypesOf(schema);
        if (types.Count > 0 && !types.Any(type => Is(type, value)))
        {
            yield return $"{at}: is {value.ValueKind} and must be {string.Join(" or ", types)}";
        }

        if (schema.TryGetProperty("enum", out var values) && value.ValueKind != JsonValueKind.Null
            && !values.EnumerateArray().Any(known => JsonElement.DeepEquals(known, value)))
        {
            yield return $"{at}: {value} is none of {values}";
        }
    }

    private static bool Is(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("null", JsonValueKind.Null) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
        _ => false,
    };

    private IEnumerable<string> Choices(JsonElement schema, JsonElement value, string at)
    {
        foreach (var name in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(name, out var choices) && choices.EnumerateArray().All(choice => Check(choice, value, at).Any()))
            {
                yield return $"{at}: fits none of {name}: {string.Join("; ", choices.EnumerateArray().SelectMany(choice => Check(choice, value, at)))}";
            }
        }

        foreach (var error in schema.TryGetProperty("allOf", out var all) ? all.EnumerateArray().SelectMany(part => Check(part, value, at)) : [])
        {
            yield return error;
        }
    }

    private IEnumerable<string> Members(JsonElement schema, JsonElement value, string at)
    {
        foreach (var name in schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(item => item.GetString()!) : [])
        {
            if (!value.TryGetProperty(name, out _))
            {
                yield return $"{at}.{name}: is required and missing";
            }
        }

        var choice = schema.TryGetProperty("oneOf", out _) || schema.TryGetProperty("anyOf", out _) || schema.TryGetProperty("allOf", out _);
        foreach (var member in value.EnumerateObject())
        {
            var inner = $"{at}.{member.Name}";
            var errors = schema.TryGetProperty("properties", out var properties)
                && properties.TryGetProperty(member.Name, out var known) ? Check(known, member.Value, inner)
                : schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind is JsonValueKind.Object ? Check(others, member.Value, inner)
                : choice || others.ValueKind == JsonValueKind.True || TypesOf(schema).Count == 0 ? []
                : [$"{inner}: is not documented"];
            foreach (var error in errors)
            {
                yield return error;
            }
        }
    }

    private IEnumerable<string> Items(JsonElement schema, JsonElement value, string at) =>
    [
        .. Limit(schema, "minItems", value.GetArrayLength(), at, least: true),
        .. Limit(schema, "maxItems", value.GetArrayLength(), at, least: false),
        .. schema.TryGetProperty("items", out var items) ? value.EnumerateArray().SelectMany((item, index) => Check(items, item, $"{at}[{index}]")) : [],
    ];

    private static IEnumerable<string> Text(JsonElement schema, string value, string at) =>
    [
        .. Limit(schema, "minLength", value.EnumerateRunes().Count(), at, least: true),
        .. Limit(schema, "maxLength", value.EnumerateRunes().Count(), at, least: false),
        .. schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(value, pattern.GetString()!)
        ? [$"{at}: '{value}' does not match {pattern}"]
        : Array.Empty<string>(),
        .. schema.TryGetProperty("format", out var format) && !HasFormat(format.GetString()!, value)
        ? [$"{at}: '{value}' is no {format}"]
        : Array.Empty<string>(),
    ];

    private static IEnumerable<string> Number(JsonElement schema, JsonElement value, string at) =>
    [
        .. Limit(schema, "minimum", value.GetDouble(), at, least: true),
        .. Limit(schema, "maximum", value.GetDouble(), at, least: false),
        .. schema.TryGetProperty("format", out var format) && format.GetString() == "int32"
        && !value.TryGetInt32(out _) ? [$"{at}: {value} is no int32"] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> Limit(JsonElement schema, string name, double value, string at, bool least)
    {
        if (schema.TryGetProperty(name, out var limit) && (least ? value < limit.GetDouble() : value > limit.GetDouble()))
        {
            yield return $"{at}: {value.ToString(CultureInfo.InvariantCulture)} is beyond {name} {limit}";
        }
    }

    private static bool HasFormat(string format, string value) => format switch
    {
        "date-time" => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _) && value.Contains('T', StringComparison.Ordinal)
            && (value.EndsWith('Z') || value.LastIndexOfAny(['+', '-']) > 10),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", out _),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "email" => MailAddress.TryCreate(value, out _),
        "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
        _ => true,
    };
}
