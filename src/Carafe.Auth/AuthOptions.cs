using System.ComponentModel.DataAnnotations;

namespace Carafe.Auth;

/// <summary>How tokens and sessions behave. Secrets and names come from <see cref="AuthSettings"/>.</summary>
public sealed class AuthOptions
{
    /// <summary>How long an access token lives. Default 15 minutes.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a refresh token lives; each rotation starts anew. Default 30 days.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a session lives however often it is refreshed. Default 365 days.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How far clocks may differ when <c>nbf</c> and <c>exp</c> are checked, at most 30 seconds. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For how long after a rotation the spent refresh token may be sent again and gets the same successor: for clients that lose answers or refresh from several
    /// tabs. Default zero: a refresh token sent twice ends its session (RFC 9700 section 4.14.2).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RefreshGrace { get; set; }

    /// <summary>
    /// How long an answer of the session check is reused: the time in which another replica may go on accepting the tokens of a session that ended. In the process
    /// that ended it, it ends at once. Default 5 seconds; zero asks the database on each request.
    /// </summary>
    public TimeSpan SessionCacheDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Sets the tokens as cookies on login as well, for pages of the API's own origin: <c>__Host-access</c> and <c>__Host-refresh</c> (HttpOnly, Secure, SameSite=Lax), and
    /// <c>__Host-csrf</c>, which a page repeats in <c>X-CSRF-Token</c> on every request but GET, HEAD and OPTIONS; without it the answer is 403 with reason <c>csrf</c>. A token in the header
    /// goes before the cookies and needs none of it. A refresh by cookie gives the new tokens in cookies alone. Default false: cookies are not read.
    /// </summary>
    public bool UseCookies { get; set; }

    /// <summary>
    /// Lets requests without credentials go past authentication and authorization at endpoints that are open to everybody, which spares their cost. Default true. It is off by itself on a
    /// .NET version that it was not proven on, and where the app has a scheme, bearer events or a fallback policy of its own.
    /// </summary>
    public bool AnonymousShortcut { get; set; } = true;

    /// <summary>Adds claims of the app's own to each access token, such as <c>scope</c>: given the account and the request's services. Default none.</summary>
    public Func<IAccount, IServiceProvider, IEnumerable<KeyValuePair<string, object>>>? ExtraClaims { get; set; }
}
