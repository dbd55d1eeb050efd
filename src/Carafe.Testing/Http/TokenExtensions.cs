using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carafe.Auth;

namespace Carafe.Testing;

/// <summary>Creates access tokens: good ones, and each kind of bad one.</summary>
public static class TokenExtensions
{
    /// <summary>Returns an access token of a new session, with changed claims if requested.</summary>
    /// <param name="app">The app.</param>
    /// <param name="account">An account that is saved in the app's database.</param>
    /// <param name="change">Changes the payload, such as <c>claims => claims["aud"] = "somebody else"</c>; the token is signed again with the app's own
    /// key. Default: none.</param>
    /// <exception cref="InvalidOperationException">The payload is to be changed and the app signs with a key ring, not with HS256.</exception>
    public static async Task<string> TokenAsync(this TestApp app, IAccount account, Action<JsonObject>? change = null)
    {
        var token = (await app.SignInAsync(account)).AccessToken;
        return change is null ? token : Resign(token, change, app.Services.GetRequiredService<AuthOptions>());
    }

    /// <summary>Returns an access token that is right but for its time: it expired an hour ago. Its session is alive.</summary>
    /// <param name="app">The app.</param>
    /// <param name="account">An account that is saved in the app's database.</param>
    public static Task<string> ExpiredTokenAsync(this TestApp app, IAccount account)
    {
        var then = app.Clock.GetUtcNow().AddHours(-1).ToUnixTimeSeconds();
        return app.TokenAsync(account, claims => (claims["iat"], claims["nbf"], claims["exp"]) = (then - 900, then - 900, then));
    }

    /// <summary>Returns an access token whose session has ended, as after a logout.</summary>
    /// <param name="app">The app.</param>
    /// <param name="account">An account that is saved in the app's database.</param>
    public static async Task<string> RevokedTokenAsync(this TestApp app, IAccount account)
    {
        var token = await app.TokenAsync(account);
        var session = Guid.Parse((string)Payload(token)["sid"]!);
        await app.WithAsync<SessionManager>(sessions => sessions.EndAsync(account.Id, session));
        return token;
    }

    /// <summary>Returns an access token of a live session, signed with a key that is not the app's.</summary>
    /// <param name="app">The app.</param>
    /// <param name="account">An account that is saved in the app's database.</param>
    public static async Task<string> ForgedTokenAsync(this TestApp app, IAccount account)
    {
        var unsigned = (await app.TokenAsync(account)).Split('.')[..2];
        return Sign(string.Join('.', unsigned), RandomNumberGenerator.GetBytes(32));
    }

    /// <summary>Creates a client that sends this token, good or bad, as the app takes it: after Bearer unless the app says otherwise.</summary>
    /// <param name="app">The app.</param>
    /// <param name="token">The token.</param>
    public static HttpClient WithToken(this TestApp app, string token)
    {
        var client = app.CreateClient();
        var carrier = app.Services.GetService<TokenCarrier>() ?? new TokenCarrier();
        client.DefaultRequestHeaders.TryAddWithoutValidation(carrier.Header, carrier.Format(token));
        return client;
    }

    private static string Resign(string token, Action<JsonObject> change, AuthOptions options)
    {
        if (options.JwtAlgorithm != "HS256")
        {
            throw new InvalidOperationException($"The app signs with {options.JwtAlgorithm}; a payload can be changed with JWT_ALGORITHM=HS256.");
        }

        var payload = Payload(token);
        change(payload);
        var text = $"{token.Split('.')[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload.ToJsonString()))}";
        return Sign(text, Encoding.UTF8.GetBytes(options.JwtSecretKey));
    }

    private static string Sign(string text, byte[] key) => $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";

    private static JsonObject Payload(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();
}
