using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>Reads timestamps, which are one moment, and writes them in UTC.</summary>
internal sealed class UtcJsonConverter(Timestamps timestamps) : JsonConverter<DateTimeOffset>
{
    public Timestamps Timestamps => timestamps;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => timestamps.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => timestamps.Write(writer, value.UtcDateTime);

    public override DateTimeOffset ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        timestamps.ReadName(ref reader);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, [DisallowNull] DateTimeOffset value, JsonSerializerOptions options) =>
        timestamps.WriteName(writer, value.UtcDateTime);
}

/// <summary>
/// Reads and writes a <see cref="DateTime"/> by the same rules, so it means one moment: read as UTC, written as UTC. Unless it is marked as local, it is
/// UTC.
/// </summary>
internal sealed class UtcDateTimeJsonConverter(Timestamps timestamps) : JsonConverter<DateTime>
{
    public Timestamps Timestamps => timestamps;

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => timestamps.Read(ref reader).UtcDateTime;

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => timestamps.Write(writer, Utc(value));

    public override DateTime ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        timestamps.ReadName(ref reader).UtcDateTime;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        timestamps.WriteName(writer, Utc(value));

    private static DateTime Utc(DateTime value) => value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc);
}
