using Microsoft.AspNetCore.Identity;

namespace Carafe.Auth;

/// <summary>Hashes by the platform's PasswordHasher, a few at a time.</summary>
internal sealed class QueuedPasswordService(
    IPasswordHasher<object> hasher, HashQueue queue, PasswordPolicy policy, IEnumerable<IForeignPasswordHash> foreign, IHttpContextAccessor http)
    : PasswordService
{
    // The platform's format: a marker, three numbers, a salt and a key.
    private const int MinimumHash = 32;

    private readonly IForeignPasswordHash[] _foreign = [.. foreign];
    private string? _nobody;

    public override void RequireGood(string password, string username, string email, string member = "password")
    {
        if (policy.Error(password, username, email) is { } error)
        {
            // As the errors of a body read: the name, then what it must be.
            throw Abort.With(new ApiError(StatusCodes.Status422UnprocessableEntity, $"{member} {error}")
            {
                Errors = new Dictionary<string, string[]> { [member] = [error] },
            });
        }
    }

    public override Task<string> HashAsync(string password, CancellationToken cancellationToken = default) =>
        HashAsync(password, HashPurpose.Account, cancellationToken);

    internal override Task<string> HashAsync(string password, HashPurpose purpose, CancellationToken cancellationToken) =>
        RunAsync(purpose, () => hasher.HashPassword(this, password), cancellationToken);

    internal override Task<PasswordVerificationResult> CheckAsync(
        IAccount? account, string password, HashPurpose purpose, CancellationToken cancellationToken, Action? atItsTurn = null)
    {
        // No such password was ever accepted. The result says nothing about the account.
        if (password.Length > PasswordPolicy.MaxLength)
        {
            return Task.FromResult(PasswordVerificationResult.Failed);
        }

        return RunAsync(
            purpose,
            () =>
            {
                atItsTurn?.Invoke();
                return account?.PasswordHash is { Length: > 0 } hash && Verify(hash, password) is { } result ? result : VerifyNobody(password);
            },
            cancellationToken);
    }

    private Task<T> RunAsync<T>(HashPurpose purpose, Func<T> hash, CancellationToken cancellationToken) =>
        queue.RunAsync(purpose, http.HttpContext?.Connection.RemoteIpAddress, hash, cancellationToken);

    // Null for a hash that nobody can read, which has cost nothing yet.
    private PasswordVerificationResult? Verify(string hash, string password)
    {
        foreach (var format in _foreign)
        {
            if (format.Verify(hash, password) is { } right)
            {
                return right ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Failed;
            }
        }

        try
        {
            var isOurs = Convert.TryFromBase64String(hash, new byte[hash.Length], out var length) && length > MinimumHash;
            return isOurs ? hasher.VerifyHashedPassword(this, hash, password) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // As long as for an account that exists.
    private PasswordVerificationResult VerifyNobody(string password)
    {
        hasher.VerifyHashedPassword(this, _nobody ??= hasher.HashPassword(this, "nobody's password"), password);
        return PasswordVerificationResult.Failed;
    }
}
