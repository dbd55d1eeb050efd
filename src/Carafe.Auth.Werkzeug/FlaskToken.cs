using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Carafe.Auth.Werkzeug;

/// <summary>Represents a token of Flask-JWT-Extended whose signature holds.</summary>
internal sealed record FlaskToken(int UserId, string Id, string Type, bool IsFresh, DateTimeOffset IssuedAt, DateTimeOffset NotBefore, DateTimeOffset ExpiresAt)
{
    // What .NET's clock can hold.
    private const long LastSecond = 253_402_300_799;

    /// <summary>Gets what stands for the token's session. Its version is 8 (RFC 9562 section 5.8); sessions of the kit have version 7.</summary>
    public Guid SessionId
    {
        get
        {
            var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"flask:{UserId}:{Id}")))[..16];
            bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
            bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
            return new Guid(bytes, bigEndian: true);
        }
    }

    /// <summary>Returns whether a session is that of a token of Flask.</summary>
    public static bool IsSession(Guid id) => id.Version == 8;

    /// <summary>Reads a token; null when it is not of Flask, whose header is <c>{"alg": "HS256", "typ": "JWT"}</c> and nothing else.</summary>
    /// <exception cref="BearerError">It is of Flask by its header, and its signature or a claim does not hold.</exception>
    public static FlaskToken? Read(string token, string secret)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || Object(parts[0]) is not { } header || Text(header, "typ") != "JWT" || Text(header, "alg") != "HS256" || header.Count != 2)
        {
            return null;
        }

        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
        if (!CryptographicOperations.FixedTimeEquals(signature, Bytes(parts[2])))
        {
            throw BearerError.Invalid;
        }

        var claims = Object(parts[1]) ?? throw BearerError.Malformed;
        return Subject(claims) is { } user && Text(claims, "jti") is { Length: > 0 } id && Text(claims, "type") is { } type
            && Time(claims, "iat") is { } issued && Time(claims, "nbf") is { } from && Time(claims, "exp") is { } until
                ? new FlaskToken(user, id, type, claims.TryGetValue("fresh", out var fresh) && fresh.ValueKind == JsonValueKind.True, issued, from, until)
                : throw BearerError.Invalid;
    }

    // A number where PyJWT was before 2.10, text since.
    private static int? Subject(Dictionary<string, JsonElement> claims) =>
        !claims.TryGetValue("sub", out var subject) ? null
        : subject.ValueKind == JsonValueKind.Number && subject.TryGetInt32(out var number) && number > 0 ? number
        : subject.ValueKind == JsonValueKind.String && int.TryParse(subject.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number
        : null;

    private static DateTimeOffset? Time(Dictionary<string, JsonElement> claims, string name) =>
        claims.TryGetValue(name, out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetDouble(out var seconds)
            && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static string? Text(Dictionary<string, JsonElement> claims, string name) =>
        claims.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Null when the part is no object, or has a name twice.
    private static Dictionary<string, JsonElement>? Object(string part)
    {
        try
        {
            using var document = JsonDocument.Parse(Bytes(part));
            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.EnumerateObject().All(member => members.TryAdd(member.Name, member.Value.Clone())) ? members : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Bytes(string part) => Base64Url.IsValid(part) ? Base64Url.DecodeFromChars(part) : [];
}
