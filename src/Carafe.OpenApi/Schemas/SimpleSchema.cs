using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Carafe.Json;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>Describes how a simple type is written in JSON. The kit's converters read and write it, and the platform does not know them.</summary>
internal static class SimpleSchema
{
    private static readonly Dictionary<Type, (JsonSchemaType Type, string? Format)> Known = new()
    {
        [typeof(string)] = (JsonSchemaType.String, null),
        [typeof(char)] = (JsonSchemaType.String, "char"),
        [typeof(bool)] = (JsonSchemaType.Boolean, null),
        [typeof(byte)] = (JsonSchemaType.Integer, "uint8"),
        [typeof(sbyte)] = (JsonSchemaType.Integer, "int8"),
        [typeof(short)] = (JsonSchemaType.Integer, "int16"),
        [typeof(ushort)] = (JsonSchemaType.Integer, "uint16"),
        [typeof(int)] = (JsonSchemaType.Integer, "int32"),
        [typeof(uint)] = (JsonSchemaType.Integer, "uint32"),
        [typeof(long)] = (JsonSchemaType.Integer, "int64"),
        [typeof(ulong)] = (JsonSchemaType.Integer, "uint64"),
        [typeof(Int128)] = (JsonSchemaType.Integer, null),
        [typeof(UInt128)] = (JsonSchemaType.Integer, null),
        [typeof(BigInteger)] = (JsonSchemaType.Integer, null),
        [typeof(decimal)] = (JsonSchemaType.Number, "decimal"),
        [typeof(double)] = (JsonSchemaType.Number, "double"),
        [typeof(float)] = (JsonSchemaType.Number, "float"),
        [typeof(Half)] = (JsonSchemaType.Number, null),
        [typeof(Guid)] = (JsonSchemaType.String, "uuid"),
        [typeof(DateTime)] = (JsonSchemaType.String, "date-time"),
        [typeof(DateTimeOffset)] = (JsonSchemaType.String, "date-time"),
        [typeof(DateOnly)] = (JsonSchemaType.String, "date"),
        [typeof(TimeOnly)] = (JsonSchemaType.String, null),
        [typeof(TimeSpan)] = (JsonSchemaType.String, null),
        [typeof(Uri)] = (JsonSchemaType.String, "uri-reference"),
        [typeof(Version)] = (JsonSchemaType.String, null),
        [typeof(byte[])] = (JsonSchemaType.String, "byte"),
    };

    private static readonly Dictionary<Type, string> Patterns = new()
    {
        [typeof(TimeOnly)] = @"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?$",
        [typeof(TimeSpan)] = @"^-?([0-9]{1,8}\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?$",
        [typeof(Version)] = @"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){1,3}$",
    };

    /// <summary>Writes what the type is into a schema that says nothing of it.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="info">The type.</param>
    /// <param name="isParameter">Whether it stands in a path, a query or a header, where a number is never between quotes.</param>
    /// <returns>False when the type is no simple one.</returns>
    public static bool Describe(OpenApiSchema schema, JsonTypeInfo info, bool isParameter = false)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        if (type.IsEnum)
        {
            Describe(schema, type, info.Options);
            return true;
        }

        if (!Known.TryGetValue(type, out var known))
        {
            return false;
        }

        var isTime = known.Format == "date-time" && Timestamps.Of(info.Options).IsNumber;
        var isText = !isParameter && !isTime && known.Type is JsonSchemaType.Integer or JsonSchemaType.Number
            && (info.Options.NumberHandling & JsonNumberHandling.AllowReadingFromString) != 0;
        known = isTime ? (JsonSchemaType.Integer, "int64") : known;
        schema.Type = known.Type | ((schema.Type ?? 0) & JsonSchemaType.Null) | (isText ? JsonSchemaType.String : 0);
        schema.Format = known.Format ?? schema.Format;
        schema.Pattern = isText ? NumberPattern(known.Type) : Patterns.GetValueOrDefault(type, schema.Pattern!);
        (schema.MinLength, schema.MaxLength) = type == typeof(char) ? (1, 1) : (schema.MinLength, schema.MaxLength);
        return true;
    }

    private static string NumberPattern(JsonSchemaType type) =>
        type == JsonSchemaType.Integer ? "^-?(0|[1-9][0-9]*)(\\.0+)?$" : @"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$";

    private static void Describe(OpenApiSchema schema, Type type, JsonSerializerOptions options)
    {
        schema.Type = JsonSchemaType.String | ((schema.Type ?? 0) & JsonSchemaType.Null);
        var names = EnumNames.Of(type, options).ToList();
        if (type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            var name = $"({string.Join('|', names.Select(System.Text.RegularExpressions.Regex.Escape))})";
            schema.Pattern = $"^{name}(, {name})*$";
        }
        else
        {
            schema.Enum = [.. names.Select(name => (JsonNode)JsonValue.Create(name))];
        }
    }
}
