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

    public static string Write(IReadOnlyList<object?> values, IReadOnlyList<SortKey> keys, HttpContext? context)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(values.Select((value, i) => JsonSerializer.SerializeToElement(value, keys[i].By.ReturnType)).ToArray());
        return Base64Url.EncodeToString([.. Sign(payload, keys, context), .. payload]);
    }

    public static IReadOnlyList<object?> Read(string text, IReadOnlyList<SortKey> keys, HttpContext? context)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            throw Invalid();
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= SignatureLength || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureLength), Sign(bytes[SignatureLength..], keys, context)))
        {
            throw Invalid();
        }

        // Signed, so it is what was written.
        var values = JsonSerializer.Deserialize<JsonElement[]>(bytes.AsSpan(SignatureLength))!;
        return [.. values.Select((value, i) => value.Deserialize(keys[i].By.ReturnType))];
    }

    private static byte[] Sign(byte[] payload, IReadOnlyList<SortKey> keys, HttpContext? context)
    {
        var subject = new StringBuilder();
        foreach (var key in keys)
        {
            subject.Append(key.By.Parameters[0].Type).Append(':').Append(key.By.Body).Append(key.Descending ? " desc" : " asc").Append('\n');
        }

        if (context is not null)
        {
            var filters = context.Request.Query.Where(item => item.Key is not ("after" or "limit" or "total")).OrderBy(item => item.Key, StringComparer.Ordinal);
            subject.Append(context.Request.PathBase).Append(context.Request.Path.Value!.TrimEnd('/')).Append('\n')
                .AppendJoin('&', filters.Select(item => $"{Uri.EscapeDataString(item.Key)}={Uri.EscapeDataString(item.Value.ToString())}")).Append('\n')
                .Append(context.User.FindFirstValue("sub") ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier));
        }

        var secret = context?.RequestServices.GetRequiredService<CarafeSettings>().SecretKey ?? "";
        // A key of its own: nothing else that is signed with the secret can pass for a cursor.
        var key32 = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "carafe cursor"u8.ToArray());
        byte[] signed = [.. SHA256.HashData(Encoding.UTF8.GetBytes(subject.ToString())), .. payload];
        return HMACSHA256.HashData(key32, signed)[..SignatureLength];
    }

    private static AbortException Invalid()
    {
        const string Fault = "is not a cursor of this list. Start again without it.";
        return new(new Error(StatusCodes.Status400BadRequest, $"after: {Fault}") { Reason = "invalid_cursor", Errors = new Dictionary<string, string[]> { ["after"] = [Fault] } });
    }
}
