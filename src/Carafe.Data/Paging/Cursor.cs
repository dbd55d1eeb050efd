using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Carafe.Data.Paging;

/// <summary>
/// The place of the last row of a page, in its sort keys, signed: whoever has it can go on from there and learn nothing else. It holds only for the list, the
/// order, the filters and the caller that it was given for, and does not depend on the row still being there.
/// </summary>
internal static class Cursor
{
    private const int MaxLength = 4096;

    public static string Write(IReadOnlyList<object?> values, SortOrder order, CursorSeal seal)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            for (var i = 0; i < values.Count; i++)
            {
                JsonSerializer.Serialize(json, values[i], order.Keys[i].By.ReturnType);
            }

            json.WriteEndArray();
        }

        return Base64Url.EncodeToString([.. seal.Of(buffer.WrittenSpan), .. buffer.WrittenSpan]);
    }

    public static IReadOnlyList<object?> Read(string text, SortOrder order, CursorSeal seal)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            throw Invalid();
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= CursorSeal.Length || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, CursorSeal.Length), seal.Of(bytes.AsSpan(CursorSeal.Length))))
        {
            throw Invalid();
        }

        // Signed, so it is what was written.
        using var values = JsonDocument.Parse(bytes.AsMemory(CursorSeal.Length));
        return [.. values.RootElement.EnumerateArray().Select((value, i) => value.Deserialize(order.Keys[i].By.ReturnType))];
    }

    private static AbortException Invalid()
    {
        const string Fault = "is not a cursor of this list. Start again without it.";
        return new(new ApiError(StatusCodes.Status400BadRequest, $"after: {Fault}") { Reason = "invalid_cursor", Errors = new Dictionary<string, string[]> { ["after"] = [Fault] } });
    }
}
