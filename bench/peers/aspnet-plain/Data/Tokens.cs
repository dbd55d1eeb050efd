using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Peer.Data;

public sealed record TokenPair(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn);

public static class Tokens
{
    private static readonly JsonWebTokenHandler Handler = new();

    public static TokenPair For(User user, IConfiguration configuration, DateTime now) =>
        new(Token(user, configuration, Setup.Issuer, now, TimeSpan.FromMinutes(15)), Token(user, configuration, "refresh", now, TimeSpan.FromDays(30)),
            "Bearer", 900);

    private static string Token(User user, IConfiguration configuration, string audience, DateTime now, TimeSpan life) =>
        Handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Setup.Issuer,
        Audience = audience,
        NotBefore = now,
        IssuedAt = now,
        Expires = now + life,
        Claims = new Dictionary<string, object> { ["sub"] = user.Id.ToString(CultureInfo.InvariantCulture) },
        SigningCredentials = new SigningCredentials(Setup.Key(configuration), SecurityAlgorithms.HmacSha256),
    });
}
