using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Data.Paging;

/// <summary>
/// Writes and reads the position of a page's last row, in its sort keys, encrypted: its holder can continue from there and learns nothing else. It is
/// valid only for the list, order, filters and caller that it was issued for, and does not depend on the row still being there.
/// </summary>
internal static class Cursor
{
    private const int MaxLength = 4096;

    // Infinity and NaN are values that rows can have.
    private static readonly JsonSerializerOptions Values = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Write(IReadOnlyList<object?> values, SortOrder order, CursorSeal seal)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            for (var i = 0; i < values.Count; i++)
            {
                JsonSerializer.Serialize(json, Typed(values[i], order.Keys[i].By.ReturnType), order.Keys[i].By.ReturnType, Values);
            }

            json.WriteEndArray();
        }

        return Base64Url.EncodeToString(seal.Close(buffer.WrittenSpan));
    }

    public static IReadOnlyList<object?> Read(string text, SortOrder order, CursorSeal seal, string parameter)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            throw Invalid(parameter);
        }

        // One cursor has one form: padding, blanks and spare bits, which the decoder forgives, would make others.
        var bytes = Base64Url.DecodeFromChars(text);
        if (Base64Url.EncodeToString(bytes) != text || seal.Open(bytes) is not { } payload)
        {
            throw Invalid(parameter);
        }

        using var values = JsonDocument.Parse(payload);
        return [.. values.RootElement.EnumerateArray().Select((value, i) => value.Deserialize(order.Keys[i].By.ReturnType, Values))];
    }

    // EF reads an expression as its store's type, which may be a narrower number than C#'s.
    private static object? Typed(object? value, Type type) =>
        value is IConvertible number && (Nullable.GetUnderlyingType(type) ?? type) is var wanted && wanted != value.GetType()
            ? Convert.ChangeType(number, wanted, CultureInfo.InvariantCulture) : value;

    private static AbortException Invalid(string parameter)
    {
        const string Text = "is not a cursor of this list. Start again without it.";
        return new(new ApiError(StatusCodes.Status400BadRequest, $"{parameter}: {Text}")
        {
            Reason = "invalid_cursor",
            Errors = new Dictionary<string, string[]> { [parameter] = [Text] },
        });
    }
}
