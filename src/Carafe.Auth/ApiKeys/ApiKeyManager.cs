namespace Carafe.Auth;

/// <summary>Creates, lists and revokes API keys, which are in the app's database. <c>services.AddApiKeys</c> registers it.</summary>
public abstract class ApiKeyManager
{
    /// <summary>
    /// Creates a key for an account. It is saved at once, or with the transaction that the request's context has begun; other changes of that context are
    /// not saved.
    /// </summary>
    /// <param name="accountId">The account that the key stands for.</param>
    /// <param name="name">What its owner calls it, 1 to 100 characters.</param>
    /// <param name="scopes">What it may do: at least one scope, each without spaces and quotes (RFC 6749 section 3.3).</param>
    /// <param name="lifetime">How long it lives. Default: until it is revoked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key with its text.</returns>
    /// <exception cref="ArgumentException">The name, a scope or the lifetime is invalid.</exception>
    public abstract Task<CreatedApiKey> CreateAsync(
        int accountId, string name, IEnumerable<string> scopes, TimeSpan? lifetime = null, CancellationToken cancellationToken = default);

    /// <summary>Returns the keys of an account that have not expired, the newest first.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<IReadOnlyList<ApiKeyInfo>> ListAsync(int accountId, CancellationToken cancellationToken = default);

    /// <summary>Revokes a key of an account: its next request is refused.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="id">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the account has no such key.</returns>
    public abstract Task<bool> RevokeAsync(int accountId, Guid id, CancellationToken cancellationToken = default);

    /// <summary>Returns the owner of a key by its text; null for a key that is unknown, revoked or expired, or whose account is disabled.</summary>
    internal abstract Task<ApiKeyOwner?> FindAsync(string text, CancellationToken cancellationToken);

    /// <summary>Returns the id of an account by its name; null when there is none.</summary>
    internal abstract Task<int?> AccountAsync(string username, CancellationToken cancellationToken);

    /// <summary>Revokes a key of any account.</summary>
    internal abstract Task<bool> RevokeAsync(Guid id, CancellationToken cancellationToken);
}

/// <summary>Represents the account of a key as it is now.</summary>
internal sealed record ApiKeyOwner(Guid Id, int UserId, string Username, string Role, string Scopes);
