using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>Reads every simple type in one JSON form, without rounding, and refuses any other.</summary>
internal static class StrictConverters
{
    public static JsonConverter[] Make(JsonConventionOptions conventions)
    {
        var timestamps = new Timestamps(conventions.Timestamps, Math.Clamp(conventions.TimestampDecimals, 0, 7));
        return [new EnumJsonConverterFactory(conventions), new UtcJsonConverter(timestamps), new UtcDateTimeJsonConverter(timestamps), .. Others];
    }

    private static readonly JsonConverter[] Others =
    [
        new TextConverter(),
        new CharJsonConverter(),
        new WholeNumberJsonConverter<int>(),
        new WholeNumberJsonConverter<long>(),
        new WholeNumberJsonConverter<short>(),
        new WholeNumberJsonConverter<byte>(),
        new WholeNumberJsonConverter<sbyte>(),
        new WholeNumberJsonConverter<ushort>(),
        new WholeNumberJsonConverter<uint>(),
        new WholeNumberJsonConverter<ulong>(),
        new WholeNumberJsonConverter<Int128>(),
        new WholeNumberJsonConverter<UInt128>(),
        new WholeNumberJsonConverter<BigInteger>(),
        new ExactDecimalConverter(),
        new ExactFloatConverter<double>(15, static (writer, value) => writer.WriteNumberValue(value)),
        new ExactFloatConverter<float>(6, static (writer, value) => writer.WriteNumberValue(value)),
        new ExactFloatConverter<Half>(3,
            static (writer, value) => writer.WriteRawValue(value.ToString(CultureInfo.InvariantCulture), skipInputValidation: true)),
        new TimeOnlyJsonConverter(),
        new TimeSpanJsonConverter(),
        new UriJsonConverter(),
        new VersionJsonConverter(),
        new BytesJsonConverter(),
        new ElementConverter(),
        new DocumentConverter(),
        new NodeConverter<JsonNode>(),
        new NodeConverter<JsonObject>(),
        new NodeConverter<JsonArray>(),
        new NodeConverter<JsonValue>(),
    ];
}
