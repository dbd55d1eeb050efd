using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Auth;

/// <summary>Keeps API keys in the app's database.</summary>
internal sealed class StoredApiKeyManager<TContext, TUser>(
    TContext db, IServiceProvider services, TimeProvider clock, ILogger<ApiKeyManager> logger) : ApiKeyManager
    where TContext : DbContext
    where TUser : class, IAccount
{
    // A scanner for leaked secrets finds keys by it.
    private const string Mark = "key_";
    private const int Bytes = 32;
    private const int Shown = 10;

    private static readonly int Length = Mark.Length + Base64Url.GetEncodedLength(Bytes);

    private DbSet<ApiKey> Keys => db.Set<ApiKey>();

    public override async Task<CreatedApiKey> CreateAsync(
        int accountId, string name, IEnumerable<string> scopes, TimeSpan? lifetime = null, CancellationToken cancellationToken = default)
    {
        var each = scopes.Distinct().ToArray();
        var all = string.Join(' ', each);
        Check(name.Trim().Length is > 0 and <= ApiKey.NameLength, $"A key has a name of 1 to {ApiKey.NameLength} characters.", nameof(name));
        Check(each.Length > 0 && all.Length <= ApiKey.ScopesLength && each.All(IsScope),
            "A key has at least one scope; scopes have no spaces, quotes and backslashes.", nameof(scopes));
        Check(lifetime is null || lifetime > TimeSpan.Zero, "A key lives for more than no time.", nameof(lifetime));
        var text = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        var now = clock.GetUtcNow();
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            UserId = accountId,
            Name = name.Trim(),
            Prefix = text[..Shown],
            Hash = HashOf(text),
            Scopes = all,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        };
        await InsertAsync(key, cancellationToken);
        logger.KeyCreated(accountId, key.Id, all);
        return new CreatedApiKey(text, Describe(key));
    }

    public override async Task<IReadOnlyList<ApiKeyInfo>> ListAsync(int accountId, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var keys = await Keys.AsNoTracking().Where(key => key.UserId == accountId && (key.ExpiresAt == null || key.ExpiresAt > now))
            .OrderByDescending(key => key.CreatedAt).ThenBy(key => key.Id).ToListAsync(cancellationToken);
        return [.. keys.Select(Describe)];
    }

    public override async Task<bool> RevokeAsync(int accountId, Guid id, CancellationToken cancellationToken = default)
    {
        if (await Keys.Where(key => key.UserId == accountId && key.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return false;
        }

        logger.KeyRevoked(id, accountId);
        return true;
    }

    internal override async Task<bool> RevokeAsync(Guid id, CancellationToken cancellationToken) =>
        await Keys.Where(key => key.Id == id).Select(key => (int?)key.UserId).FirstOrDefaultAsync(cancellationToken) is { } owner
            && await RevokeAsync(owner, id, cancellationToken);

    internal override Task<int?> AccountAsync(string username, CancellationToken cancellationToken) =>
        db.Set<TUser>().Where(user => user.Username == username).Select(user => (int?)user.Id).FirstOrDefaultAsync(cancellationToken);

    internal override async Task<ApiKeyOwner?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length != Length || !text.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        var (hash, now) = (HashOf(text), clock.GetUtcNow());
        return await (from key in Keys
                      join user in db.Set<TUser>() on key.UserId equals user.Id
                      where key.Hash == hash && (key.ExpiresAt == null || key.ExpiresAt > now) && user.DisabledAt == null
                      select new ApiKeyOwner(key.Id, user.Id, user.Username, user.Role, key.Scopes)).FirstOrDefaultAsync(cancellationToken);
    }

    // The request's context may hold changes that are not done, which nobody asked to save. A transaction that it has begun includes the key.
    private async Task InsertAsync(ApiKey key, CancellationToken cancellationToken)
    {
        await using var own = (DbContext)ActivatorUtilities.CreateInstance(services, db.GetType());
        if (db.Database.CurrentTransaction is { } transaction)
        {
            own.Database.SetDbConnection(db.Database.GetDbConnection());
            await own.Database.UseTransactionAsync(transaction.GetDbTransaction(), cancellationToken);
        }

        own.Add(key);
        await own.SaveChangesAsync(cancellationToken);
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static ApiKeyInfo Describe(ApiKey key) => new(key.Id, key.Name, key.Prefix, key.Scopes.Split(' '), key.CreatedAt, key.ExpiresAt);

    private static bool IsScope(string scope) => scope.Length > 0 && scope.All(sign => sign is > ' ' and <= '~' and not '"' and not '\\');

    private static void Check(bool holds, string message, string name)
    {
        if (!holds)
        {
            throw new ArgumentException(message, name);
        }
    }
}
