using System.Buffers;
using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Carafe.Data.Paging;

/// <summary>
/// The place of the last row of a page, in its sort keys, signed: whoever has it can go on from there and learn nothing else. It holds only for the list, the
/// order, the filters and the caller that it was given for, and does not depend on the row still being there.
/// </summary>
internal static class Cursor
{
    private const int SignatureLength = 16;
    private const int MaxLength = 4096;

    public static string Write(IReadOnlyList<object?> values, SortOrder order, HttpContext? context)
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

        return Base64Url.EncodeToString([.. Sign(buffer.WrittenSpan, order, context), .. buffer.WrittenSpan]);
    }

    public static IReadOnlyList<object?> Read(string text, SortOrder order, HttpContext? context)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            throw Invalid();
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= SignatureLength || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureLength), Sign(bytes.AsSpan(SignatureLength), order, context)))
        {
            throw Invalid();
        }

        // Signed, so it is what was written.
        using var values = JsonDocument.Parse(bytes.AsMemory(SignatureLength));
        return [.. values.RootElement.EnumerateArray().Select((value, i) => value.Deserialize(order.Keys[i].By.ReturnType))];
    }

    private static ReadOnlySpan<byte> Sign(ReadOnlySpan<byte> payload, SortOrder order, HttpContext? context)
    {
        var subject = new StringBuilder(order.Text);
        if (context is not null)
        {
            var filters = context.Request.Query.Where(item => item.Key is not ("after" or "limit" or "total")).OrderBy(item => item.Key, StringComparer.Ordinal);
            subject.Append(context.Request.PathBase).Append(context.Request.Path.Value!.TrimEnd('/')).Append('\n')
                .AppendJoin('&', filters.Select(item => $"{Uri.EscapeDataString(item.Key)}={Uri.EscapeDataString(item.Value.ToString())}")).Append('\n')
                .Append(context.User.FindFirstValue("sub") ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier));
        }

        byte[] signed = [.. SHA256.HashData(Encoding.UTF8.GetBytes(subject.ToString())), .. payload];
        return HMACSHA256.HashData(context?.RequestServices.GetRequiredService<CursorKey>().Bytes ?? [], signed).AsSpan(0, SignatureLength);
    }

    private static AbortException Invalid()
    {
        const string Fault = "is not a cursor of this list. Start again without it.";
        return new(new Error(StatusCodes.Status400BadRequest, $"after: {Fault}") { Reason = "invalid_cursor", Errors = new Dictionary<string, string[]> { ["after"] = [Fault] } });
    }
}

/// <summary>The key that cursors are signed with. It is one of its own: nothing else that is signed with the app's secret can pass for a cursor.</summary>
internal sealed class CursorKey(CarafeSettings settings)
{
    public byte[] Bytes { get; } = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.SecretKey), 32, info: "carafe cursor"u8.ToArray());
}
