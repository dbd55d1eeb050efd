using System.Security.Cryptography;

namespace Carafe.Auth;

/// <summary>
/// Starts, refreshes, lists and ends sessions. A session is one login: its refresh tokens rotate, and one that is sent again after it was spent ends the session
/// (RFC 9700 section 4.14.2). What ends here ends at once in this process, and within <see cref="AuthOptions.SessionCacheDuration"/> on every other.
/// </summary>
public sealed class SessionManager
{
    private readonly SessionStore _store;
    private readonly SessionCache _cache;
    private readonly TokenService _tokens;
    private readonly TokenChecks _checks;
    private readonly AuthCookies _cookies;
    private readonly IHttpContextAccessor _http;
    private readonly AuthOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal SessionManager(
        SessionStore store, SessionCache cache, TokenService tokens, TokenChecks checks, AuthCookies cookies, IHttpContextAccessor http, AuthOptions options, TimeProvider clock, ILogger logger)
    {
        (_cookies, _http) = (cookies, http);
        _store = store;
        _cache = cache;
        _tokens = tokens;
        _checks = checks;
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Starts a session for an account that has just proved who it is, and answers <c>Cache-Control: no-store</c>.</summary>
    /// <param name="account">The account, already saved.</param>
    /// <param name="context">The request's context: address and user agent are kept with the session.</param>
    /// <exception cref="AbortException">401: since the account was read it was deleted or disabled, or its password was changed.</exception>
    public async Task<TokenPair> StartAsync(IAccount account, HttpContext context)
    {
        var now = _clock.GetUtcNow();
        var secret = RefreshSecret.New();
        var session = new AuthSession
        {
            Id = Guid.CreateVersion7(now),
            UserId = account.Id,
            TokenHash = RefreshSecret.Hash(secret),
            CreatedAt = now,
            AuthenticatedAt = now,
        };
        Touch(session, now, context);
        if (!await _store.AddAsync(session, account, context.RequestAborted))
        {
            throw new AbortException(new ApiError(StatusCodes.Status401Unauthorized, "The account has changed meanwhile. Sign in again."));
        }

        var pair = Issue(account, session, secret, context);
        if (_cookies.On)
        {
            SetCookies(pair, session, context);
        }

        return pair;
    }

    /// <summary>
    /// Gives a new pair for the refresh token that the request carries as Bearer, or with <see cref="AuthOptions.UseCookies"/> in its cookie, and spends that token. What came in a
    /// cookie goes back in cookies alone: the pair's tokens are empty then, so that no script of the page ever reads them.
    /// </summary>
    /// <param name="context">The request's context.</param>
    /// <returns>The pair. Ends the request with 401 when the token is missing, bad, expired, spent or of a session that ended. A spent one ends its session.</returns>
    public async Task<TokenPair> RefreshAsync(HttpContext context)
    {
        if (TokenText.FromHeader(context.Request.Headers.Authorization) is { } sent)
        {
            return (await RotateAsync(await _checks.ReadRefreshAsync(sent), context)).Pair;
        }

        var token = await _checks.ReadRefreshAsync(_cookies.Read(context.Request, AuthCookies.Refresh) ?? throw BearerError.MissingRefresh);
        _cookies.RequireCsrf(context.Request, token.SessionId);
        var (pair, session) = await RotateAsync(token, context);
        SetCookies(pair, session, context);
        return pair with { AccessToken = "", RefreshToken = "" };
    }

    private async Task<(TokenPair Pair, AuthSession Session)> RotateAsync(RefreshClaims token, HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var hash = RefreshSecret.Hash(token.Secret);
        // At most twice: the second time only after another request has rotated in between.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await _store.FindWithAccountAsync(token.SessionId, cancellation) is not var (session, account)
                || session.UserId != token.UserId || session.ExpiresAt <= _clock.GetUtcNow())
            {
                throw BearerError.Revoked;
            }

            if (Same(hash, session.TokenHash))
            {
                var secret = Rotate(session, token.Secret, context);
                if (await _store.RotateAsync(session, hash, cancellation))
                {
                    return (Issue(account, session, secret, context), session);
                }
            }
            else if (Same(hash, session.SpentHash) && _clock.GetUtcNow() - session.LastUsedAt < _options.RefreshGrace)
            {
                return (Issue(account, session, RefreshSecret.Successor(token.Secret, session.Salt!), context), session);
            }
            else
            {
                await EndAsync(session.UserId, session.Id, cancellation);
                _logger.LogWarning(SecurityEvents.RefreshReuse, "A spent refresh token of user {UserId} came again from {Address}: session {SessionId} is ended", session.UserId, Address(context), session.Id);
                throw BearerError.Revoked;
            }
        }

        throw BearerError.Revoked;
    }

    /// <summary>Ends one session of a user. When it is the request's own, its cookies are cleared.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False when the user has no such session.</returns>
    public async Task<bool> EndAsync(int userId, Guid sessionId, CancellationToken cancellation = default)
    {
        var ended = await _store.DeleteAsync(userId, sessionId, cancellation);
        if (ended)
        {
            _cache.End(sessionId);
            ClearCookies(me => me.SessionId == sessionId);
        }

        return ended;
    }

    /// <summary>Ends every session of a user. When the request's own is among them, its cookies are cleared.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="except">A session to keep, such as the one that changes the password.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task EndAllAsync(int userId, Guid? except = null, CancellationToken cancellation = default)
    {
        await _store.DeleteAllAsync(userId, except, cancellation);
        _cache.Forget();
        ClearCookies(me => me.Id == userId && me.SessionId != except);
    }

    /// <summary>The sessions of a user that are alive, the last used first.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<IReadOnlyList<SessionInfo>> ListAsync(int userId, CancellationToken cancellation = default) =>
        [.. (await _store.ListAsync(userId, _clock.GetUtcNow(), cancellation))
            .Select(row => new SessionInfo(row.Id, row.CreatedAt, row.LastUsedAt, row.ExpiresAt, row.UserAgent, row.Address))];

    private byte[] Rotate(AuthSession session, byte[] spent, HttpContext context)
    {
        session.Salt = RefreshSecret.New();
        var secret = RefreshSecret.Successor(spent, session.Salt);
        session.TokenHash = RefreshSecret.Hash(secret);
        Touch(session, _clock.GetUtcNow(), context);
        return secret;
    }

    private void Touch(AuthSession session, DateTimeOffset now, HttpContext context)
    {
        var (slides, ends) = (now + _options.RefreshTokenLifetime, session.CreatedAt + _options.SessionLifetime);
        session.LastUsedAt = now;
        session.ExpiresAt = slides < ends ? slides : ends;
        session.Address = Address(context);
        var agent = context.Request.Headers.UserAgent.ToString();
        session.UserAgent = agent.Length is 0 ? null : agent.Length > AuthSession.UserAgentLength ? agent[..AuthSession.UserAgentLength] : agent;
    }

    // The refresh token is made of what the row says, so that asking twice within the grace gives the same one.
    private TokenPair Issue(IAccount account, AuthSession session, byte[] secret, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var access = _tokens.Access(account, session.Id, session.AuthenticatedAt, _clock.GetUtcNow());
        return new TokenPair(access, _tokens.Refresh(account.Id, session.Id, secret, session.LastUsedAt, session.ExpiresAt), (int)_options.AccessTokenLifetime.TotalSeconds);
    }

    private void SetCookies(TokenPair pair, AuthSession session, HttpContext context) => _cookies.Set(context.Response, session.Id, pair, session.ExpiresAt - _clock.GetUtcNow());

    private void ClearCookies(Predicate<CurrentUser> ended)
    {
        if (_cookies.On && _http.HttpContext is { } context && CurrentUser.From(context.User) is { } me && ended(me))
        {
            AuthCookies.Clear(context.Response);
        }
    }

    private static string? Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    private static bool Same(byte[] hash, byte[]? stored) => stored is not null && CryptographicOperations.FixedTimeEquals(hash, stored);
}
