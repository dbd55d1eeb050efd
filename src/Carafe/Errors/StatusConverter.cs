using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Errors;

/// <summary>Writes a status as a number, also where the app writes numbers as text.</summary>
internal sealed class StatusConverter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetInt32();

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
