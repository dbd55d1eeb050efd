using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Carafe.Json;

/// <summary>Free-form JSON whose text is text: valid UTF-8, no lone surrogates, no NUL. The platform's converter finds out only when somebody reads it.</summary>
internal sealed class ElementConverter : JsonConverter<JsonElement>
{
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        var raw = JsonMarshal.GetRawUtf8Value(element);
        if (!Utf8.IsValid(raw))
        {
            throw new JsonException();
        }

        // Only an escape can hide what UTF-8 cannot.
        if (raw.IndexOf("\\u"u8) >= 0)
        {
            var text = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = options.MaxDepth });
            while (text.Read())
            {
                if (text.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && text.GetString()!.Contains('\0', StringComparison.Ordinal))
                {
                    throw new JsonException();
                }
            }
        }

        return element;
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}
