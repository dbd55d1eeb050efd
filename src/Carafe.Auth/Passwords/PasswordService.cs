using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Identity;

namespace Carafe.Auth;

/// <summary>
/// Hashes and verifies passwords, and refuses weak ones. A password is used as received: no trimming, no truncation, no Unicode normalization.
/// </summary>
public abstract class PasswordService : IEndpointParameterMetadataProvider
{
    private protected PasswordService()
    {
    }

    /// <summary>Documents the responses of a handler that takes this.</summary>
    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status422UnprocessableEntity));

    /// <summary>
    /// Refuses a password that is too short or too long, or common, or contains the account's name or address or the app's name (NIST SP 800-63B section
    /// 3.1.1.2). With <c>PASSWORD_MIN_LENGTH</c> below 8 only the length is checked.
    /// </summary>
    /// <param name="password">The password.</param>
    /// <param name="username">The account's name.</param>
    /// <param name="email">The account's address.</param>
    /// <param name="member">The JSON name that the error is reported under.</param>
    /// <exception cref="AbortException">422, with what is wrong.</exception>
    public abstract void RequireGood(string password, string username, string email, string member = "password");

    /// <summary>
    /// Makes the hash to store: PBKDF2 with HMAC-SHA512 at the cost of <see cref="PasswordHasherOptions.IterationCount"/>, by default 210,000. It waits
    /// behind the logins, and takes turns with the hashes that other networks ask for.
    /// </summary>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="AbortException">503 with Retry-After when too many are waiting.</exception>
    public abstract Task<string> HashAsync(string password, CancellationToken cancellationToken = default);

    /// <summary>Verifies a password, against hashes of the kit and of each registered <see cref="IForeignPasswordHash"/>.</summary>
    /// <param name="account">The account; for null, and for an account without a password, the result is false and takes as long.</param>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether the password is the account's.</returns>
    /// <exception cref="AbortException">503 with Retry-After when too many are waiting.</exception>
    public async Task<bool> VerifyAsync(IAccount? account, string password, CancellationToken cancellationToken = default) =>
        await CheckAsync(account, password, HashPurpose.Account, cancellationToken) != PasswordVerificationResult.Failed;

    internal abstract Task<PasswordVerificationResult> CheckAsync(
        IAccount? account, string password, HashPurpose purpose, CancellationToken cancellationToken, Action? atItsTurn = null);

    internal abstract Task<string> HashAsync(string password, HashPurpose purpose, CancellationToken cancellationToken);
}
