using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Identity;

namespace Carafe.Auth;

/// <summary>Hashes and verifies passwords, and says which passwords will do. A password is taken as received: no trimming, no truncation, no Unicode normalization.</summary>
public sealed class PasswordService : IEndpointParameterMetadataProvider
{
    private readonly HashQueue _queue;
    private readonly PasswordPolicy _rules;
    private readonly PasswordHasher<object> _hasher;
    private readonly Lazy<string> _nobody;

    internal PasswordService(IOptions<PasswordHasherOptions> cost, HashQueue queue, PasswordPolicy rules)
    {
        _queue = queue;
        _rules = rules;
        _hasher = new PasswordHasher<object>(cost);
        _nobody = new Lazy<string>(() => _hasher.HashPassword(this, "nobody's password"));
    }

    /// <summary>Documents what a handler that takes this can answer.</summary>
    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status422UnprocessableEntity));

    /// <summary>
    /// Refuses a password that is too short or too long, or common, or holds the account's name or address (NIST SP 800-63B section 3.1.1.2). With
    /// <c>PASSWORD_MIN_LENGTH</c> below 8 only the length counts.
    /// </summary>
    /// <param name="password">The password.</param>
    /// <param name="username">The account's name.</param>
    /// <param name="email">The account's address.</param>
    /// <param name="member">The JSON name that the fault is told under.</param>
    /// <exception cref="AbortException">422 with what is wrong.</exception>
    public void RequireGood(string password, string username, string email, string member = "password")
    {
        if (_rules.Fault(password, username, email) is { } fault)
        {
            throw Abort.Unprocessable(fault, member);
        }
    }

    /// <summary>The hash to store: PBKDF2 with HMAC-SHA512 at the cost of <see cref="PasswordHasherOptions.IterationCount"/>, 210,000 unless told.</summary>
    /// <param name="password">The password.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="AbortException">503 with Retry-After when too many are waiting.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellation = default) =>
        _queue.RunAsync(() => _hasher.HashPassword(this, password), cancellation);

    /// <summary>Whether the password is the account's. Reads werkzeug's <c>scrypt:</c> and <c>pbkdf2:</c> hashes as well.</summary>
    /// <param name="account">The account; for null, and for an account without a password, the answer is no and takes as long.</param>
    /// <param name="password">The password.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="AbortException">503 with Retry-After when too many are waiting.</exception>
    public async Task<bool> VerifyAsync(IAccount? account, string password, CancellationToken cancellation = default) =>
        await CheckAsync(account, password, cancellation) != PasswordVerificationResult.Failed;

    internal Task<PasswordVerificationResult> CheckAsync(IAccount? account, string password, CancellationToken cancellation, Action? atItsTurn = null)
    {
        // No such password was ever accepted. The answer says nothing about the account.
        if (password.Length > PasswordPolicy.MaxLength)
        {
            return Task.FromResult(PasswordVerificationResult.Failed);
        }

        return _queue.RunAsync(
            () =>
            {
                atItsTurn?.Invoke();
                return Check(account?.PasswordHash is { Length: > 0 } hash ? hash : null, password);
            },
            cancellation);
    }

    private PasswordVerificationResult Check(string? hash, string password)
    {
        if (hash is null)
        {
            _hasher.VerifyHashedPassword(this, _nobody.Value, password);
            return PasswordVerificationResult.Failed;
        }

        if (WerkzeugHash.TryParse(hash) is { } foreign)
        {
            return foreign.Verify(password) ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Failed;
        }

        try
        {
            return _hasher.VerifyHashedPassword(this, hash, password);
        }
        catch (FormatException)
        {
            return PasswordVerificationResult.Failed;
        }
    }
}
