using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth.Werkzeug;

/// <summary>Accepts the tokens of Flask-JWT-Extended until they expire or their end has come, for accounts as they are now.</summary>
internal sealed class FlaskTokens<TContext, TUser>(
    IOptions<FlaskTokenSettings> settings, Func<TContext, string, CancellationToken, Task<bool>>? isRevoked, AuthOptions options, TimeProvider clock)
    : ForeignTokens
    where TContext : DbContext
    where TUser : class, IAccount
{
    public override async Task<ForeignSignIn?> ReadAsync(HttpContext context, string token, bool refresh)
    {
        if (settings.Value is not { FlaskJwtSecretKey: { Length: > 0 } secret, Until: { } end } || FlaskToken.Read(token, secret) is not { } read)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        if (read.Type != (refresh ? "refresh" : "access"))
        {
            throw BearerError.Invalid;
        }

        if (now >= end || read.ExpiresAt <= now - options.ClockSkew)
        {
            throw BearerError.Expired;
        }

        if (read.NotBefore > now + options.ClockSkew)
        {
            throw BearerError.NotYetValid;
        }

        var account = await FindAsync(context, read) ?? throw BearerError.Revoked;
        return new ForeignSignIn(account, read.SessionId, read.IsFresh && !refresh ? read.IssuedAt : null);
    }

    public override void EndWith(DbContext context, IEnumerable<int> users) =>
        context.AddRange(users.Select(user => FlaskTokenEnd.Of(user, session: null, except: null, clock.GetUtcNow(), settings.Value)));

    private async Task<IAccount?> FindAsync(HttpContext context, FlaskToken token)
    {
        var db = context.RequestServices.GetRequiredService<TContext>();
        // Flask's clock may be ahead: what it issued before the end must not look as if it came after.
        var (user, session, issued, cancellation) = (token.UserId, token.SessionId, token.IssuedAt - options.ClockSkew, context.RequestAborted);
        try
        {
            if (isRevoked is not null && await isRevoked(db, token.Id, cancellation))
            {
                return null;
            }

            return await db.Set<TUser>().AsNoTracking().FirstOrDefaultAsync(
                account => account.Id == user && account.DisabledAt == null && !db.Set<FlaskTokenEnd>().Any(ended => ended.UserId == user
                    && (ended.SessionId == session || (ended.SessionId == null && ended.EndedAt >= issued && ended.ExceptId != session))),
                cancellation);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            throw new SessionStoreException(cause);
        }
    }
}
