using System.Security.Cryptography;
using Carafe.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth;

/// <summary>Keeps sessions as rows of the app's database.</summary>
internal sealed class StoredSessionManager(
    SessionStore store,
    SessionCache cache,
    TokenService tokens,
    TokenChecks checks,
    AuthCookies cookies,
    IHttpContextAccessor http,
    IEnumerable<ForeignTokens> foreign,
    AuthOptions options,
    TimeProvider clock,
    ILogger<SessionManager> logger) : SessionManager
{
    public override async Task<TokenPair> StartAsync(IAccount account, HttpContext context)
    {
        var now = clock.GetUtcNow();
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
        if (!await store.AddAsync(session, account, context.RequestAborted))
        {
            throw new AbortException(new ApiError(StatusCodes.Status401Unauthorized, "The account has changed meanwhile. Sign in again."));
        }

        logger.SignedIn(account.Id, SecurityEvents.Address(context), session.Id);
        var pair = Issue(account, session, secret, context);
        if (cookies.On)
        {
            SetCookies(pair, session, context);
        }

        return pair;
    }

    public override async Task<TokenPair> RefreshAsync(HttpContext context)
    {
        if (TokenText.FromHeader(context.Request, cookies.Carrier) is { } sent)
        {
            return await ResumeAsync(sent, context) ?? (await RotateAsync(await checks.ReadRefreshAsync(sent), context)).Pair;
        }

        try
        {
            var token = await checks.ReadRefreshAsync(cookies.Read(context.Request, AuthCookies.Refresh) ?? throw BearerError.MissingRefresh);
            cookies.RequireCsrf(context.Request, token.SessionId);
            var (pair, session) = await RotateAsync(token, context);
            SetCookies(pair, session, context);
            return pair with { AccessToken = "", RefreshToken = "" };
        }
        catch (BearerError error)
        {
            // Nothing is left that could give new cookies.
            throw error.OfSession();
        }
    }

    // A refresh token of another system begins a session of its own, and goes on with it when it is sent again: its clients keep the one token.
    private async Task<TokenPair?> ResumeAsync(string sent, HttpContext context)
    {
        ForeignSignIn? signIn = null;
        foreach (var tokens in foreign)
        {
            signIn ??= await tokens.ReadAsync(context, sent, refresh: true);
        }

        // At most twice: the second time only after another request has begun the session in between.
        for (var attempt = 0; signIn is not null && attempt < 2; attempt++)
        {
            var (secret, now) = (RefreshSecret.New(), clock.GetUtcNow());
            if (await store.FindWithAccountAsync(signIn.SessionId, context.RequestAborted) is var (session, account))
            {
                var spent = session.TokenHash;
                (session.TokenHash, session.Salt) = (RefreshSecret.Hash(secret), null);
                Touch(session, now, context);
                if (await store.RotateAsync(session, spent, context.RequestAborted))
                {
                    return Issue(account, session, secret, context);
                }

                continue;
            }

            var begun = new AuthSession
            {
                Id = signIn.SessionId,
                UserId = signIn.Account.Id,
                TokenHash = RefreshSecret.Hash(secret),
                CreatedAt = now,
                AuthenticatedAt = signIn.AuthenticatedAt ?? DateTimeOffset.UnixEpoch,
            };
            Touch(begun, now, context);
            try
            {
                return await store.AddAsync(begun, signIn.Account, context.RequestAborted) ? Issue(signIn.Account, begun, secret, context)
                    : throw BearerError.Revoked;
            }
            catch (DbUpdateException) when (attempt == 0)
            {
                // Begun by another request meanwhile.
            }
        }

        return signIn is null ? null : throw BearerError.Revoked;
    }

    public override async Task LogoutAsync(HttpContext context)
    {
        if (CurrentUser.From(context) is { } me)
        {
            await EndAsync(me.Id, me.SessionId, context.RequestAborted);
            return;
        }

        var failure = BearerError.Of((await context.AuthenticateAsync()).Failure);
        if (failure is not BearerError || cookies.Carrier.Read(context.Request.Headers).Count > 0)
        {
            throw failure;
        }

        try
        {
            var token = await checks.ReadRefreshAsync(cookies.Read(context.Request, AuthCookies.Refresh) ?? throw failure);
            cookies.RequireCsrf(context.Request, token.SessionId);
            await EndAsync(token.UserId, token.SessionId, context.RequestAborted);
            AuthCookies.Clear(context.Response);
        }
        catch (BearerError error)
        {
            // Nothing is left that anybody could sign in with.
            throw error.OfSession();
        }
    }

    private async Task<(TokenPair Pair, AuthSession Session)> RotateAsync(RefreshClaims token, HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var hash = RefreshSecret.Hash(token.Secret);
        // At most twice: the second time only after another request has rotated in between.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await store.FindWithAccountAsync(token.SessionId, cancellation) is not var (session, account)
                || session.UserId != token.UserId || session.ExpiresAt <= clock.GetUtcNow())
            {
                throw BearerError.Revoked;
            }

            if (Same(hash, session.TokenHash))
            {
                var secret = Rotate(session, token.Secret, context);
                if (await store.RotateAsync(session, hash, cancellation))
                {
                    logger.Refreshed(account.Id, session.Id, SecurityEvents.Address(context));
                    return (Issue(account, session, secret, context), session);
                }
            }
            else if (Same(hash, session.SpentHash) && clock.GetUtcNow() - session.LastUsedAt < options.RefreshGrace)
            {
                return (Issue(account, session, RefreshSecret.Successor(token.Secret, session.Salt!), context), session);
            }
            else
            {
                await EndAsync(session.UserId, session.Id, cancellation);
                logger.RefreshReuse(session.UserId, SecurityEvents.Address(context), session.Id);
                throw BearerError.Revoked;
            }
        }

        throw BearerError.Revoked;
    }

    public override async Task<bool> EndAsync(int userId, Guid sessionId, CancellationToken cancellationToken = default)
    {
        var ended = await store.DeleteAsync(userId, sessionId, cancellationToken);
        if (ended)
        {
            logger.SessionEnded(userId, sessionId);
            cache.End(sessionId);
            ClearCookies(me => me.SessionId == sessionId);
        }

        return ended;
    }

    public override async Task EndAllAsync(int userId, Guid? except = null, CancellationToken cancellationToken = default)
    {
        await store.DeleteAllAsync(userId, except, cancellationToken);
        logger.SessionsEnded(userId, except);
        cache.Forget();
        ClearCookies(me => me.Id == userId && me.SessionId != except);
    }

    public override async Task<IReadOnlyList<SessionInfo>> ListAsync(int userId, CancellationToken cancellationToken = default) =>
        [.. (await store.ListAsync(userId, clock.GetUtcNow(), cancellationToken))
            .Select(row => new SessionInfo(row.Id, row.CreatedAt, row.LastUsedAt, row.ExpiresAt, row.UserAgent, row.Address))];

    private byte[] Rotate(AuthSession session, byte[] spent, HttpContext context)
    {
        session.Salt = RefreshSecret.New();
        var secret = RefreshSecret.Successor(spent, session.Salt);
        session.TokenHash = RefreshSecret.Hash(secret);
        Touch(session, clock.GetUtcNow(), context);
        return secret;
    }

    private void Touch(AuthSession session, DateTimeOffset now, HttpContext context)
    {
        var (slides, ends) = (now + options.RefreshTokenLifetime, session.CreatedAt + options.SessionLifetime);
        session.LastUsedAt = now;
        session.ExpiresAt = slides < ends ? slides : ends;
        session.Address = SecurityEvents.Address(context);
        var agent = context.Request.Headers.UserAgent.ToString();
        session.UserAgent = agent.Length is 0 ? null : TextCut.To(agent, AuthSession.UserAgentLength);
    }

    // The refresh token is derived from the row, so two requests within the grace get the same one.
    private TokenPair Issue(IAccount account, AuthSession session, byte[] secret, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var access = tokens.Access(account, session.Id, session.AuthenticatedAt, clock.GetUtcNow());
        var refresh = tokens.Refresh(account.Id, session.Id, secret, session.LastUsedAt, session.ExpiresAt);
        return new TokenPair(access, refresh, (int)options.AccessTokenLifetime.TotalSeconds, options.TokenScheme);
    }

    private void SetCookies(TokenPair pair, AuthSession session, HttpContext context) =>
        cookies.Set(context.Response, session.Id, pair, session.ExpiresAt - clock.GetUtcNow());

    private void ClearCookies(Predicate<CurrentUser> ended)
    {
        if (cookies.On && http.HttpContext is { } context && CurrentUser.From(context) is { } me && ended(me))
        {
            AuthCookies.Clear(context.Response);
        }
    }

    private static bool Same(byte[] hash, byte[]? stored) => stored is not null && CryptographicOperations.FixedTimeEquals(hash, stored);
}
