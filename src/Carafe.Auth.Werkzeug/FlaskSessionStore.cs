using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth.Werkzeug;

/// <summary>Ends tokens of Flask with the sessions that they stand for.</summary>
internal sealed class FlaskSessionStore<TContext>(SessionStore inner, TContext db, IOptions<FlaskTokenSettings> settings, TimeProvider clock) : SessionStore
    where TContext : DbContext
{
    public override Task<SessionState?> FindAsync(Guid id, DateTimeOffset now, CancellationToken cancellation) => inner.FindAsync(id, now, cancellation);

    public override Task<(AuthSession Session, IAccount Account)?> FindWithAccountAsync(Guid id, CancellationToken cancellation) =>
        inner.FindWithAccountAsync(id, cancellation);

    public override Task<bool> AddAsync(AuthSession session, IAccount verified, CancellationToken cancellation) =>
        inner.AddAsync(session, verified, cancellation);

    public override Task<bool> RotateAsync(AuthSession to, byte[] spent, CancellationToken cancellation) => inner.RotateAsync(to, spent, cancellation);

    // Nothing tells which refresh token belongs to an access token of Flask: who signs out with one is signed out of all.
    public override async Task<bool> DeleteAsync(int user, Guid id, CancellationToken cancellation)
    {
        var ended = await inner.DeleteAsync(user, id, cancellation);
        if (FlaskToken.IsSession(id))
        {
            await EndAsync(user, ended ? id : null, except: null, cancellation);
        }

        return ended || FlaskToken.IsSession(id);
    }

    public override async Task DeleteAllAsync(int user, Guid? except, CancellationToken cancellation)
    {
        await inner.DeleteAllAsync(user, except, cancellation);
        await EndAsync(user, session: null, except, cancellation);
    }

    public override Task<List<AuthSession>> ListAsync(int user, DateTimeOffset now, CancellationToken cancellation) => inner.ListAsync(user, now, cancellation);

    public override async Task<int> PruneAsync(DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await SessionStatements.RunAsync(() =>
            db.Set<FlaskTokenEnd>().Where(row => row.ExpiresAt <= now).OrderBy(row => row.ExpiresAt).Take(limit).ExecuteDeleteAsync(cancellation));
        return await inner.PruneAsync(now, limit, cancellation);
    }

    public override Task<bool> ReplaceHashAsync(int user, string old, string hash, CancellationToken cancellation) =>
        inner.ReplaceHashAsync(user, old, hash, cancellation);

    private async Task EndAsync(int user, Guid? session, Guid? except, CancellationToken cancellation)
    {
        var entry = db.Add(FlaskTokenEnd.Of(user, session, except, clock.GetUtcNow(), settings.Value));
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        finally
        {
            entry.State = EntityState.Detached;
        }
    }
}
