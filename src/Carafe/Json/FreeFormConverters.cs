using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Carafe.Json;

/// <summary>
/// Reads free-form JSON by the rules of every other body: text is valid UTF-8 without lone surrogates and NUL, and no object repeats a member. The
/// platform's converters find out only when it is read.
/// </summary>
internal static class FreeForm
{
    public static JsonElement Read(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        if (!IsText(element))
        {
            throw new JsonException();
        }

        return element.ValueKind is JsonValueKind.Object or JsonValueKind.Array && !options.AllowDuplicateProperties
            ? JsonElement.Parse(JsonMarshal.GetRawUtf8Value(element), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = options.MaxDepth })
            : element;
    }

    /// <summary>Returns whether all its text is valid: an escape may hide half of a surrogate pair, or NUL.</summary>
    public static bool IsText(JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return Utf8.IsValid(raw) && (raw.IndexOf("\\u"u8) < 0 || AreUnescapable(raw));
    }

    private static bool AreUnescapable(ReadOnlySpan<byte> raw)
    {
        var text = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (text.Read())
            {
                if (text.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && text.GetString()!.Contains('\0', StringComparison.Ordinal))
                {
                    return false;
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

internal sealed class ElementConverter : JsonConverter<JsonElement>
{
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => FreeForm.Read(ref reader, options);

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}

internal sealed class DocumentConverter : JsonConverter<JsonDocument>
{
    public override JsonDocument Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonDocument.Parse(JsonMarshal.GetRawUtf8Value(FreeForm.Read(ref reader, options)).ToArray(), new JsonDocumentOptions { MaxDepth = options.MaxDepth });

    public override void Write(Utf8JsonWriter writer, JsonDocument value, JsonSerializerOptions options) => value.WriteTo(writer);
}

internal sealed class NodeConverter<TNode> : JsonConverter<TNode>
    where TNode : JsonNode
{
    public override TNode? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = FreeForm.Read(ref reader, options);
        JsonNode? node = element.ValueKind switch
        {
            JsonValueKind.Object => JsonObject.Create(element),
            JsonValueKind.Array => JsonArray.Create(element),
            _ => JsonValue.Create(element),
        };
        return node is null ? null : node as TNode ?? throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, TNode value, JsonSerializerOptions options) => value.WriteTo(writer, options);
}
