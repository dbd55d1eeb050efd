using System.ComponentModel.DataAnnotations;

namespace Carafe.Auth;

/// <summary>Configures tokens, sessions and passwords. The environment overrides <c>AddAuth(auth => ...)</c>, which overrides the defaults.</summary>
public sealed class AuthOptions : IValidatableObject
{
    private TimeSpan? _refreshGrace;

    /// <summary>Gets or sets <c>JWT_SECRET_KEY</c>, which signs access tokens with HS256, and refresh tokens always. At least 32 bytes.</summary>
    [Secret]
    public string JwtSecretKey { get; set; } = "";

    /// <summary>
    /// Gets or sets <c>JWT_SECRET_KEY_FALLBACKS</c>: earlier values of <c>JWT_SECRET_KEY</c>, comma-separated, which verify and never sign. Default:
    /// none.
    /// </summary>
    [Secret]
    public IReadOnlyList<string> JwtSecretKeyFallbacks { get; set; } = [];

    /// <summary>
    /// Gets or sets <c>JWT_ALGORITHM</c>: <c>HS256</c>, or <c>ES256</c> or <c>RS256</c> with the key ring in <see cref="JwtKeysPath"/>. No other is
    /// accepted. Default: HS256.
    /// </summary>
    [RegularExpression("HS256|ES256|RS256", MatchTimeoutInMilliseconds = -1, ErrorMessage = "must be HS256, ES256 or RS256.")]
    public string JwtAlgorithm { get; set; } = "HS256";

    /// <summary>
    /// Gets or sets <c>JWT_KEYS_PATH</c>: the folder of the key ring, readable by the app's user only. Default: <c>keys</c> in the content root.
    /// </summary>
    public string JwtKeysPath { get; set; } = "keys";

    /// <summary>Gets or sets <c>JWT_ISSUER</c>: the <c>iss</c> of tokens. Default: the application's name.</summary>
    public string JwtIssuer { get; set; } = "";

    /// <summary>Gets or sets <c>JWT_AUDIENCE</c>: the <c>aud</c> of access tokens. Default: the issuer.</summary>
    public string JwtAudience { get; set; } = "";

    /// <summary>
    /// Gets or sets <c>TOKEN_SCHEME</c>: the word before a token in the Authorization header, and the scheme of the 401's challenge. Default:
    /// <c>Bearer</c> (RFC 6750).
    /// </summary>
    [Required(ErrorMessage = "must be one word (RFC 9110 section 5.6.2).")]
    [RegularExpression("[!#$%&'*+.^_`|~0-9A-Za-z-]+", MatchTimeoutInMilliseconds = -1, ErrorMessage = "must be one word (RFC 9110 section 5.6.2).")]
    public string TokenScheme { get; set; } = "Bearer";

    /// <summary>
    /// Gets or sets <c>TOKEN_HEADER</c>: the header that tokens are sent in. Any other than <c>Authorization</c> holds the token alone, without
    /// <see cref="TokenScheme"/>. Default: <c>Authorization</c>.
    /// </summary>
    [Required(ErrorMessage = HeaderRule.Message)]
    [RegularExpression(HeaderRule.Pattern, MatchTimeoutInMilliseconds = -1, ErrorMessage = HeaderRule.Message)]
    public string TokenHeader { get; set; } = "Authorization";

    /// <summary>
    /// <c>PASSWORD_MIN_LENGTH</c>: the least number of Unicode code points in a password. Default 8 (NIST SP 800-63B). Below 8 only the length is checked.
    /// </summary>
    [Range(1, 64)]
    public int PasswordMinLength { get; set; } = 8;

    /// <summary><c>ACCESS_TOKEN_LIFETIME</c>: how long an access token lives. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary><c>REFRESH_TOKEN_LIFETIME</c>: how long a refresh token lives; each rotation starts again. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary><c>SESSION_LIFETIME</c>: how long a session lives however often it is refreshed. Default 365 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// <c>CLOCK_SKEW</c>: how far clocks may differ when <c>nbf</c>, <c>exp</c> and <c>auth_time</c> are checked, at most 30 seconds. Default 10 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// <c>REFRESH_GRACE</c>: for how long after a rotation the spent refresh token may be sent again and gets the same successor, for clients that lose
    /// responses or refresh from several tabs. At most 1 minute. Default 30 seconds with <see cref="UseCookies"/>, else zero: a refresh token sent twice
    /// ends its session (RFC 9700 section 4.14.2).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RefreshGrace
    {
        get => _refreshGrace ?? (UseCookies ? TimeSpan.FromSeconds(30) : TimeSpan.Zero);
        set => _refreshGrace = value;
    }

    /// <summary>
    /// <c>SESSION_CACHE_DURATION</c>: how long the result of a session check is reused: the time in which another replica may go on accepting the tokens of
    /// a session that ended. In the process that ended it, it ends at once. Default 5 seconds; zero asks the database on each request.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan SessionCacheDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// <c>USE_COOKIES</c>: sets the tokens as cookies on login as well, for pages of the API's own origin: <c>__Host-access</c> and <c>__Host-refresh</c>
    /// (HttpOnly, Secure, SameSite=Lax), and <c>__Host-csrf</c>, which a page repeats in <c>X-CSRF-Token</c> on every request but GET, HEAD and OPTIONS;
    /// without it the response is 403 with reason <c>csrf</c>. A token in the header goes before the cookies and needs none of it. A refresh by cookie
    /// gives the new tokens in cookies alone. Default false: cookies are not read.
    /// </summary>
    public bool UseCookies { get; set; }

    /// <summary>
    /// <c>ANONYMOUS_SHORTCUT</c>: lets requests without credentials go past authentication and authorization at endpoints that are open to everybody, which
    /// spares their cost. Default true. It is off by itself on a .NET version that it was not proven on, and where the app has a scheme, bearer events or a
    /// fallback policy of its own.
    /// </summary>
    public bool AnonymousShortcut { get; set; } = true;

    /// <summary>
    /// Gets or sets <c>LOGIN_LIMIT</c>: how many logins to one account may fail from one address. Default: <c>5/50 seconds;20/hour</c>, which is five, then
    /// one each 10 seconds, and twenty, then one each 3 minutes.
    /// </summary>
    public string LoginLimit { get; set; } = "5/50 seconds;20/hour";

    /// <summary>
    /// Gets or sets <c>LOGIN_ADDRESS_LIMIT</c>: how many logins may fail from one address, over all accounts but those that have signed in from there within
    /// 30 days. Default: <c>50/10 minutes</c>.
    /// </summary>
    public string LoginAddressLimit { get; set; } = "50/10 minutes";

    /// <summary>
    /// Gets or sets <c>LOGIN_ACCOUNT_LIMIT</c>: how many logins to one account may fail, over all addresses but those that have signed in to it within 30
    /// days. Default: <c>50/10 minutes</c>.
    /// </summary>
    public string LoginAccountLimit { get; set; } = "50/10 minutes";

    /// <summary>
    /// Gets or sets <c>LOGIN_OPEN_WHEN_AWAY</c>: whether logins go on uncounted while the store of limits is away. Default: false, they are 503.
    /// </summary>
    public bool LoginOpenWhenAway { get; set; }

    /// <summary>
    /// Gets or sets a function that adds claims of the app's own to each access token, such as <c>scope</c>, from the account and the request's services.
    /// Default: none.
    /// </summary>
    public Func<IAccount, IServiceProvider, IEnumerable<KeyValuePair<string, object>>>? ExtraClaims { get; set; }

    internal TokenCarrier Carrier => new(TokenScheme, TokenHeader);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var (name, text) in new[]
        {
            ("LOGIN_LIMIT", LoginLimit), ("LOGIN_ADDRESS_LIMIT", LoginAddressLimit), ("LOGIN_ACCOUNT_LIMIT", LoginAccountLimit),
        })
        {
            var error = "";
            try
            {
                Limit.Parse("login", text);
            }
            catch (FormatException found)
            {
                error = found.Message;
            }

            if (error.Length > 0)
            {
                yield return new ValidationResult($"{name}: {error}");
            }
        }
    }
}
