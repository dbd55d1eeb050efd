using System.ComponentModel.DataAnnotations;

namespace Carafe.Auth;

/// <summary>What differs from place to place and comes from the environment. What is the same everywhere is in <see cref="AuthOptions"/>.</summary>
public sealed class AuthSettings
{
    /// <summary><c>JWT_SECRET_KEY</c>: signs access tokens with HS256, and refresh tokens always. At least 32 bytes.</summary>
    [Secret]
    public string JwtSecretKey { get; set; } = "";

    /// <summary><c>JWT_SECRET_KEY_FALLBACKS</c>: earlier values of <c>JWT_SECRET_KEY</c>, comma-separated: accepted, never signed with. Default none.</summary>
    [Secret]
    public IReadOnlyList<string> JwtSecretKeyFallbacks { get; set; } = [];

    /// <summary><c>JWT_ALGORITHM</c>: <c>HS256</c>, or <c>ES256</c> or <c>RS256</c> with the key ring in <see cref="JwtKeysPath"/>. Default HS256. No other is accepted.</summary>
    [RegularExpression("HS256|ES256|RS256", ErrorMessage = "must be HS256, ES256 or RS256.")]
    public string JwtAlgorithm { get; set; } = "HS256";

    /// <summary><c>JWT_KEYS_PATH</c>: the folder of the key ring, readable by the app's user only. Default <c>keys</c> in the content root.</summary>
    public string JwtKeysPath { get; set; } = "keys";

    /// <summary><c>JWT_ISSUER</c>: the <c>iss</c> of tokens. Default the application's name.</summary>
    public string JwtIssuer { get; set; } = "";

    /// <summary><c>JWT_AUDIENCE</c>: the <c>aud</c> of access tokens. Default the issuer.</summary>
    public string JwtAudience { get; set; } = "";

    /// <summary><c>PASSWORD_MIN_LENGTH</c>: the least number of Unicode code points in a password. Default 8 (NIST SP 800-63B). Below 8 only the length rule holds.</summary>
    [Range(1, 64)]
    public int PasswordMinLength { get; set; } = 8;
}
