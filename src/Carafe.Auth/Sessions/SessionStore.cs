using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth;

/// <summary>
/// Stores the sessions in the app's database. Each change is one statement that contains its condition, so of any number at once exactly one succeeds.
/// </summary>
internal abstract class SessionStore
{
    public abstract Task<SessionState?> FindAsync(Guid id, DateTimeOffset now, CancellationToken cancellation);

    public abstract Task<(AuthSession Session, IAccount Account)?> FindWithAccountAsync(Guid id, CancellationToken cancellation);

    /// <summary>Adds a session, unless the account is deleted, disabled, or has another password than the one that was verified.</summary>
    public abstract Task<bool> AddAsync(AuthSession session, IAccount verified, CancellationToken cancellation);

    public abstract Task<bool> RotateAsync(AuthSession to, byte[] spent, CancellationToken cancellation);

    public abstract Task<bool> DeleteAsync(int user, Guid id, CancellationToken cancellation);

    public abstract Task DeleteAllAsync(int user, Guid? except, CancellationToken cancellation);

    public abstract Task<List<AuthSession>> ListAsync(int user, DateTimeOffset now, CancellationToken cancellation);

    public abstract Task<int> PruneAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    public abstract Task<bool> ReplaceHashAsync(int user, string old, string hash, CancellationToken cancellation);
}

/// <summary>Knows the app's context and its user entity; nothing else here does.</summary>
internal sealed class SessionStore<TContext, TUser>(TContext db) : SessionStore
    where TContext : DbContext
    where TUser : class, IAccount
{
    private DbSet<AuthSession> Sessions => db.Set<AuthSession>();

    public override Task<SessionState?> FindAsync(Guid id, DateTimeOffset now, CancellationToken cancellation) =>
        (from session in Sessions
         join user in db.Set<TUser>() on session.UserId equals user.Id
         where session.Id == id && session.ExpiresAt > now && user.DisabledAt == null
         select new SessionState(user.Id, user.Username, user.Role)).FirstOrDefaultAsync(cancellation);

    public override async Task<(AuthSession Session, IAccount Account)?> FindWithAccountAsync(Guid id, CancellationToken cancellation)
    {
        var found = await (from session in Sessions
                           join user in db.Set<TUser>() on session.UserId equals user.Id
                           where session.Id == id && user.DisabledAt == null
                           select new { session, user }).AsNoTracking().FirstOrDefaultAsync(cancellation);
        return found is null ? null : (found.session, found.user);
    }

    public override async Task<bool> AddAsync(AuthSession session, IAccount verified, CancellationToken cancellation)
    {
        var hash = verified.PasswordHash;
        var entry = Sessions.Add(session);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException) when (!db.Set<TUser>().Any(user => user.Id == session.UserId))
        {
            return false;
        }
        finally
        {
            entry.State = EntityState.Detached;
        }

        // A change of the password stores it first and then ends the sessions. A session that is written by now is ended by it, or sees the change here.
        if (await db.Set<TUser>().AnyAsync(user => user.Id == session.UserId && user.PasswordHash == hash && user.DisabledAt == null, cancellation))
        {
            return true;
        }

        await DeleteAsync(session.UserId, session.Id, cancellation);
        return false;
    }

    public override async Task<bool> RotateAsync(AuthSession to, byte[] spent, CancellationToken cancellation) =>
        await SessionStatements.RunAsync(() => Sessions.Where(row => row.Id == to.Id && row.TokenHash == spent).ExecuteUpdateAsync(
            row => row.SetProperty(r => r.TokenHash, to.TokenHash).SetProperty(r => r.SpentHash, spent).SetProperty(r => r.Salt, to.Salt)
                .SetProperty(r => r.LastUsedAt, to.LastUsedAt).SetProperty(r => r.ExpiresAt, to.ExpiresAt)
                .SetProperty(r => r.UserAgent, to.UserAgent).SetProperty(r => r.Address, to.Address),
            cancellation)) == 1;

    public override async Task<bool> DeleteAsync(int user, Guid id, CancellationToken cancellation) =>
        await SessionStatements.RunAsync(() => Sessions.Where(row => row.Id == id && row.UserId == user).ExecuteDeleteAsync(cancellation)) == 1;

    public override Task DeleteAllAsync(int user, Guid? except, CancellationToken cancellation) =>
        SessionStatements.RunAsync(() => Sessions.Where(row => row.UserId == user && row.Id != except).ExecuteDeleteAsync(cancellation));

    public override Task<List<AuthSession>> ListAsync(int user, DateTimeOffset now, CancellationToken cancellation) =>
        Sessions.AsNoTracking()
            .Where(row => row.UserId == user && row.ExpiresAt > now)
            .OrderByDescending(row => row.LastUsedAt).ThenBy(row => row.Id)
            .ToListAsync(cancellation);

    public override Task<int> PruneAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
        SessionStatements.RunAsync(() => Sessions.Where(row => row.ExpiresAt <= now)
            .OrderBy(row => row.ExpiresAt).Take(limit).ExecuteDeleteAsync(cancellation));

    public override async Task<bool> ReplaceHashAsync(int user, string old, string hash, CancellationToken cancellation)
    {
        var accounts = db.Set<TUser>().Where(row => row.Id == user && row.PasswordHash == old);
        var changed = await SessionStatements.RunAsync(() =>
            accounts.ExecuteUpdateAsync(row => row.SetProperty(account => account.PasswordHash, hash), cancellation));
        if (changed != 1)
        {
            return false;
        }

        // The tracked row follows as read, not as changed: a later save must not write this hash over a newer one.
        if (db.ChangeTracker.Entries<TUser>().FirstOrDefault(entry => entry.Entity.Id == user) is { } tracked)
        {
            var property = tracked.Property(nameof(IAccount.PasswordHash));
            (property.OriginalValue, property.CurrentValue, property.IsModified) = (hash, hash, false);
        }

        return true;
    }
}
