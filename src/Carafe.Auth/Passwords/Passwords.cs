using Microsoft.AspNetCore.Identity;

namespace Carafe.Auth;

/// <summary>Hashes and verifies passwords, a few at a time, so that many logins at once cannot starve other requests.</summary>
/// <param name="hasher">The platform's options: the cost.</param>
public sealed class Passwords(IOptions<PasswordHasherOptions> hasher)
{
    private readonly PasswordHasher<object> _hasher = new(hasher);

    /// <summary>The hash to store.</summary>
    /// <param name="password">The password, as received.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<string> HashAsync(string password, CancellationToken cancellation = default) => Task.Run(() => _hasher.HashPassword(this, password), cancellation);

    /// <summary>Whether the password is the account's.</summary>
    /// <param name="account">The account, or null when there is none: the answer is false and takes as long.</param>
    /// <param name="password">The password, as received.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<bool> VerifyAsync(IAccount? account, string password, CancellationToken cancellation = default) =>
        Task.Run(() => _hasher.VerifyHashedPassword(this, account?.PasswordHash ?? "", password) != PasswordVerificationResult.Failed, cancellation);
}
