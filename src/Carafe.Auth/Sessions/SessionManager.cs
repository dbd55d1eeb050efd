namespace Carafe.Auth;

/// <summary>
/// Starts, refreshes, lists and ends sessions. A session is one login: its refresh tokens rotate, and one that is sent again after it was spent ends the
/// session (RFC 9700 section 4.14.2). A session that ends here ends at once in this process, and within <see cref="AuthOptions.SessionCacheDuration"/> in
/// every other.
/// </summary>
public abstract class SessionManager
{
    private protected SessionManager()
    {
    }

    /// <summary>Starts a session for an account that has just proved who it is, and sets <c>Cache-Control: no-store</c>.</summary>
    /// <param name="account">The account, already saved.</param>
    /// <param name="context">The request's context: address and user agent are kept with the session.</param>
    /// <exception cref="AbortException">401: since the account was read it was deleted or disabled, or its password was changed.</exception>
    public abstract Task<TokenPair> StartAsync(IAccount account, HttpContext context);

    /// <summary>
    /// Exchanges the refresh token of the request (Bearer, or with <see cref="AuthOptions.UseCookies"/> its cookie) for a new pair, and spends it. A
    /// token from a cookie is replaced in cookies only: the pair's tokens are empty then, so no script of the page can read them.
    /// </summary>
    /// <param name="context">The request's context.</param>
    /// <returns>The pair. Ends the request with 401 when the token is missing, bad, expired, spent or of an ended session. A spent one ends its
    /// session.</returns>
    public abstract Task<TokenPair> RefreshAsync(HttpContext context);

    /// <summary>
    /// Ends the session that the request belongs to, and clears its cookies. With <see cref="AuthOptions.UseCookies"/> the refresh cookie is enough, since
    /// the access cookie goes after minutes: map the endpoint with <c>AllowAnonymous()</c>.
    /// </summary>
    /// <param name="context">The request's context. Ends the request with 401 when it carries no good token.</param>
    public abstract Task LogoutAsync(HttpContext context);

    /// <summary>Ends one session of a user. When it is the request's own, its cookies are cleared.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when the user has no such session.</returns>
    public abstract Task<bool> EndAsync(int userId, Guid sessionId, CancellationToken cancellationToken = default);

    /// <summary>Ends every session of a user. When the request's own is among them, its cookies are cleared.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="except">A session to keep, such as the one that changes the password.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public abstract Task EndAllAsync(int userId, Guid? except = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the sessions of a user that are alive, the last used first.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public abstract Task<IReadOnlyList<SessionInfo>> ListAsync(int userId, CancellationToken cancellationToken = default);
}
