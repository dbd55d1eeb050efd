using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>Finds the number of a JSON value that may be text, as <see cref="JsonNumberHandling"/> says.</summary>
internal static class NumberText
{
    public const JsonNumberHandling Supported = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString;

    /// <summary>Returns a reader that stands on the number in a text, which must be one JSON number and nothing else.</summary>
    /// <exception cref="JsonException">There is none, or text is not allowed.</exception>
    public static Utf8JsonReader Find(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || (options.NumberHandling & JsonNumberHandling.AllowReadingFromString) == 0)
        {
            throw new JsonException();
        }

        var text = Encoding.UTF8.GetBytes(reader.GetString()!);
        var number = new Utf8JsonReader(text);
        return number.Read() && number.TokenType == JsonTokenType.Number && number.ValueSpan.Length == text.Length ? number : throw new JsonException();
    }

    public static bool IsWritten(JsonSerializerOptions options) => (options.NumberHandling & JsonNumberHandling.WriteAsString) != 0;
}
