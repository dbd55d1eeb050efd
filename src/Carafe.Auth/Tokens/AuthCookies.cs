using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Carafe.Auth;

/// <summary>
/// Keeps tokens in cookies, for pages of the API's own origin (<see cref="AuthOptions.UseCookies"/>). With cookies, another site's page can make the
/// browser send a request. So an unsafe request repeats the readable cookie in a header, which only a page of this origin can do. Its value is an HMAC of
/// the session, so a planted cookie is worthless.
/// </summary>
internal sealed class AuthCookies(AuthOptions options, ILogger<AuthCookies> logger)
{
    public const string Access = "__Host-access";
    public const string Refresh = "__Host-refresh";
    public const string Csrf = "__Host-csrf";
    public const string CsrfHeader = "X-CSRF-Token";

    private static readonly ApiError Refused = new(StatusCodes.Status403Forbidden, $"Repeat the cookie {Csrf} in the header {CsrfHeader}.") { Reason = "csrf" };

    private readonly Lazy<byte[][]> _keys = new(() =>
        [.. options.JwtSecretKeyFallbacks.Prepend(options.JwtSecretKey).Select(secret => DerivedKey.For("csrf", Encoding.UTF8.GetBytes(secret)))]);

    public bool On => options.UseCookies;

    /// <summary>Gets how tokens are sent that are in no cookie.</summary>
    public TokenCarrier Carrier => field ??= options.Carrier;

    /// <summary>Gets the description for the OpenAPI document; null when cookies are off.</summary>
    public CookieTokens? Described => On ? new(Access, Refresh, CsrfHeader) : null;

    /// <summary>Reads the token from a cookie, which counts when the request has none in its header.</summary>
    /// <exception cref="BearerError">The cookie holds no well-formed token.</exception>
    public string? Read(HttpRequest request, string name) =>
        !On || !request.Cookies.TryGetValue(name, out var token) || token.Length == 0 ? null
        : TokenText.IsCanonical(token) ? token
        : throw BearerError.Malformed;

    /// <exception cref="AbortException">403: the request is unsafe (RFC 9110 section 9.2.1) and does not prove that a page of this origin sent
    /// it.</exception>
    public void RequireCsrf(HttpRequest request, Guid session)
    {
        var method = request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
        {
            return;
        }

        var sent = Encoding.UTF8.GetBytes(request.Headers[CsrfHeader].ToString());
        if (!_keys.Value.Any(key => CryptographicOperations.FixedTimeEquals(sent, Encoding.ASCII.GetBytes(Token(key, session)))))
        {
            logger.CsrfRefused(SecurityEvents.Address(request.HttpContext), session);
            throw new AbortException(Refused);
        }
    }

    public void Set(HttpResponse response, Guid session, TokenPair pair, TimeSpan lives)
    {
        response.Cookies.Append(Access, pair.AccessToken, Options(TimeSpan.FromSeconds(pair.ExpiresIn)));
        response.Cookies.Append(Refresh, pair.RefreshToken, Options(lives));
        response.Cookies.Append(Csrf, Token(_keys.Value[0], session), Options(lives, readable: true));
    }

    /// <summary>Clears the cookies, and with them what the browser kept of the account's own pages.</summary>
    public static void Clear(HttpResponse response)
    {
        response.Headers["Clear-Site-Data"] = "\"cache\"";
        foreach (var name in (string[])[Access, Refresh, Csrf])
        {
            response.Cookies.Delete(name, Options(null));
        }
    }

    /// <summary>Clears what was refused, where a cookie brought it: the browser would send it again and again.</summary>
    public void ClearDead(HttpContext context, bool session)
    {
        if (!On || Carrier.Read(context.Request.Headers).Count > 0)
        {
            return;
        }

        if (session && (context.Request.Cookies.ContainsKey(Access) || context.Request.Cookies.ContainsKey(Refresh)))
        {
            Clear(context.Response);
        }
        else if (context.Request.Cookies.ContainsKey(Access))
        {
            context.Response.Cookies.Delete(Access, Options(null));
        }
    }

    private static string Token(byte[] key, Guid session) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(session.ToString())));

    private static CookieOptions Options(TimeSpan? lives, bool readable = false) =>
        new() { Path = "/", Secure = true, HttpOnly = !readable, SameSite = SameSiteMode.Lax, MaxAge = lives, IsEssential = true };
}
