using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Floor;

/// <summary>HS256 tokens by hand: one algorithm, one header, five claims.</summary>
public sealed class Tokens(string secret, TimeProvider clock)
{
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"at+jwt"}"""u8);

    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret);

    /// <summary>The session and the user of a valid access token, or null.</summary>
    public (string Session, int User)? Check(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal) || header.Length > 1_000)
        {
            return null;
        }

        var token = header.AsSpan(7);
        var last = token.LastIndexOf('.');
        if (last < 0 || !token.StartsWith(Header) || token[Header.Length] != '.' || last <= Header.Length + 1)
        {
            return null;
        }

        Span<byte> signed = stackalloc byte[last];
        Encoding.ASCII.GetBytes(token[..last], signed);
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(_key, signed, mac);
        Span<byte> given = stackalloc byte[48];
        if (Base64Url.DecodeFromChars(token[(last + 1)..], given, out _, out var length) != System.Buffers.OperationStatus.Done
            || !CryptographicOperations.FixedTimeEquals(mac, given[..length]))
        {
            return null;
        }

        Span<byte> payload = stackalloc byte[last];
        payload = payload[..Base64Url.DecodeFromUtf8(signed[(Header.Length + 1)..], payload)];
        return Claims(payload);
    }

    public string Make(int user, string session, string kind, TimeSpan life)
    {
        var now = clock.GetUtcNow();
        var claims = string.Create(CultureInfo.InvariantCulture,
            $$"""{"sub":"{{user}}","sid":"{{session}}","use":"{{kind}}","iat":{{now.ToUnixTimeSeconds()}},"exp":{{(now + life).ToUnixTimeSeconds()}}}""");
        var text = $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(text)))}";
    }

    private (string Session, int User)? Claims(ReadOnlySpan<byte> payload)
    {
        string? session = null;
        var (user, access, expires) = (0, false, 0L);
        var json = new Utf8JsonReader(payload);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.ValueSpan;
            json.Read();
            if (name.SequenceEqual("sub"u8))
            {
                user = int.Parse(json.ValueSpan, CultureInfo.InvariantCulture);
            }
            else if (name.SequenceEqual("sid"u8))
            {
                session = json.GetString();
            }
            else if (name.SequenceEqual("use"u8))
            {
                access = json.ValueSpan.SequenceEqual("access"u8);
            }
            else if (name.SequenceEqual("exp"u8))
            {
                expires = json.GetInt64();
            }
        }

        return session is not null && access && expires > clock.GetUtcNow().ToUnixTimeSeconds() ? (session, user) : null;
    }
}
