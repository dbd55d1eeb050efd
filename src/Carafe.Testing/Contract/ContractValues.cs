using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Carafe.Testing;

/// <summary>Generates values from schemas: right ones, and wrong ones at a given rate.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A test that cannot be repeated is no test.")]
internal sealed class ContractValues(ContractSchema schemas, Random random)
{
    private static readonly string[] Odd =
        ["", " ", "\u0000", "\u0001", "a\nb", "null", "-1", "0", "1e400", "99999999999999999999", "\ud83c\udf7a", "\u202e", "' or 1=1 --", "<script>",
            "../../etc/passwd", "%00", "İ", "e\u0301", new string('x', 3000)];

    // Numbers from the app's responses, so that some requests are about things that exist.
    private readonly List<long> _ids = [1, 2, 3];

    public bool Chance(double probability) => random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    public byte[] Bytes()
    {
        var bytes = new byte[random.Next(2000)];
        random.NextBytes(bytes);
        return bytes;
    }

    public void Learn(byte[] body)
    {
        try
        {
            if (body.Length > 0 && JsonNode.Parse(body) is JsonObject content && content["id"] is JsonValue id && id.TryGetValue(out long number))
            {
                _ids.Add(number);
            }
        }
        catch (JsonException)
        {
            // Not every response is JSON.
        }
    }

    /// <summary>Returns a value as text for a path or a query.</summary>
    public string Text(JsonElement schema, double wrong)
    {
        schema = schemas.Resolve(schema);
        if (Chance(wrong))
        {
            return Pick(Odd);
        }

        var value = Value(schema, 0);
        // A list in a path or a query is separated by commas.
        return value is JsonArray list ? string.Join(',', list)
            : value is JsonValue text && text.TryGetValue(out string? plain) ? plain
            : value?.ToJsonString() ?? "";
    }

    public JsonNode? Value(JsonElement schema, double wrong)
    {
        schema = schemas.Resolve(schema);
        if (Chance(wrong / 4))
        {
            return Wrong();
        }

        if (schema.TryGetProperty("oneOf", out var choices) || schema.TryGetProperty("anyOf", out choices))
        {
            return Value(Pick([.. choices.EnumerateArray()]), wrong);
        }

        if (schema.TryGetProperty("enum", out var values))
        {
            return JsonNode.Parse(Pick([.. values.EnumerateArray()]).GetRawText());
        }

        var types = ContractSchema.TypesOf(schema);
        return (types.Count == 0 ? "string" : Pick(types)) switch
        {
            "object" => Object(schema, wrong),
            "array" => new JsonArray(
            [
                .. Enumerable.Range(0, Math.Max(random.Next(4), (int)Limit(schema, "minItems", 0)))
                    .Select(_ => schema.TryGetProperty("items", out var items) ? Value(items, wrong) : null),
            ]),
            "integer" => Integer(schema),
            "number" => JsonValue.Create(
            Math.Round((decimal)(random.NextDouble() * Math.Min(Limit(schema, "maximum", 1000), 100_000)) + (decimal)Limit(schema, "minimum", 0), 2)),
            "boolean" => JsonValue.Create(Chance(0.5)),
            "null" => null,
            _ => JsonValue.Create(String(schema)),
        };
    }

    private JsonNode? Wrong() => random.Next(8) switch
    {
        0 => null,
        1 => JsonValue.Create(-1),
        2 => JsonValue.Create(0.001m),
        3 => JsonNode.Parse("1e300"),
        4 => new JsonArray(),
        5 => new JsonObject { ["x"] = 1 },
        6 => JsonValue.Create(true),
        _ => JsonValue.Create(Pick(Odd)),
    };

    private JsonObject Object(JsonElement schema, double wrong)
    {
        var made = new JsonObject();
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet() : [];
        foreach (var member in schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : default)
        {
            if (required.Contains(member.Name) ? !Chance(wrong / 6) : Chance(0.6))
            {
                made[member.Name] = Value(member.Value, wrong);
            }
        }

        if (Chance(wrong / 6))
        {
            made["is_admin"] = true;
        }

        return made;
    }

    private JsonValue Integer(JsonElement schema)
    {
        var (least, most) = (Limit(schema, "minimum", 1), Limit(schema, "maximum", 50));
        return JsonValue.Create(Chance(0.7) && Pick(_ids) is var id && id >= least
            && id <= Limit(schema, "maximum", int.MaxValue) ? id : random.NextInt64((long)least, (long)Math.Min(most, least + 1000) + 1));
    }

    private string String(JsonElement schema)
    {
        var format = schema.TryGetProperty("format", out var known) ? known.GetString() : null;
        var word = $"{Pick(["ada", "grace", "alan", "edsger", "barbara"])}{random.Next(100_000).ToString(CultureInfo.InvariantCulture)}";
        var text = format switch
        {
            "email" => $"{word}@example.com",
            "date-time" => "2026-01-01T00:00:00Z",
            "date" => "2026-01-01",
            "uuid" => new Guid(Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256)).ToArray()).ToString(),
            "uri" => $"https://example.com/{word}",
            _ => word,
        };
        var (least, most) = ((int)Limit(schema, "minLength", 0), (int)Math.Min(Limit(schema, "maxLength", 200), 10_000));
        text = text.Length < least ? text.PadRight(least, 'x') : text.Length > most ? text[..most] : format is null
            && Chance(0.1) ? new string('y', most) : text;
        return schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!) ? word : text;
    }

    private static double Limit(JsonElement schema, string name, double otherwise) =>
        schema.TryGetProperty(name, out var limit) ? limit.GetDouble() : otherwise;
}
