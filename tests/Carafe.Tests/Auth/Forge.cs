using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carafe.Auth;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Tests.Auth;

/// <summary>Makes tokens that no honest issuer would: any header, any payload, any key.</summary>
internal sealed class Forge
{
    private readonly byte[] _key;

    public Forge(TestApp app, TokenPair pair)
    {
        Keys = app.Services.GetRequiredService<KeyStore>();
        _key = ((SymmetricSecurityKey)Keys.Access.Signing.Key).Key;
        Token = pair.AccessToken;
        Header = Decode(0);
        Payload = Decode(1);
    }

    public KeyStore Keys { get; }

    public string Token { get; }

    public JsonObject Header { get; }

    public JsonObject Payload { get; }

    public static string Text(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>The honest token with one member of its header or payload changed, signed with the right key.</summary>
    public string With(string? header = null, string? payload = null, byte[]? key = null, Func<byte[], byte[], byte[]>? sign = null)
    {
        var text = $"{Text(Change(Header, header))}.{Text(Change(Payload, payload))}";
        return $"{text}.{Base64Url.EncodeToString((sign ?? HMACSHA256.HashData)(key ?? _key, Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>The right key's signature under any text.</summary>
    public string Raw(string header, string payload)
    {
        var text = $"{Text(header)}.{Text(payload)}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(text)))}";
    }

    // "exp=5" sets, "exp" removes; several with blanks between.
    private static string Change(JsonObject original, string? changes)
    {
        var changed = JsonNode.Parse(original.ToJsonString())!.AsObject();
        foreach (var change in changes?.Split(" & ") ?? [])
        {
            var (name, value) = change.Split('=', 2) is [var n, var v] ? (n, v) : (change, null);
            changed.Remove(name);
            if (value is not null)
            {
                changed[name] = JsonNode.Parse(value);
            }
        }

        return changed.ToJsonString();
    }

    private JsonObject Decode(int part) => JsonNode.Parse(Base64Url.DecodeFromChars(Token.Split('.')[part]))!.AsObject();
}
