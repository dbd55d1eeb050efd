using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Identity;

namespace Carafe.Auth;

/// <summary>
/// Proves who somebody is by a password: the one way in, where guessing is slowed down. For an unknown account, a wrong password and a disabled account the answer is the same,
/// and so is the work.
/// </summary>
public sealed class LoginService : IEndpointParameterMetadataProvider
{
    private static readonly ApiError Refused = new(StatusCodes.Status401Unauthorized, "Invalid credentials.") { Reason = "invalid_credentials" };

    private readonly PasswordService _passwords;
    private readonly LoginThrottle _throttle;
    private readonly SessionStore _store;
    private readonly SessionManager _sessions;
    private readonly ILogger _logger;

    internal LoginService(PasswordService passwords, LoginThrottle throttle, SessionStore store, SessionManager sessions, ILogger logger)
    {
        _passwords = passwords;
        _throttle = throttle;
        _store = store;
        _sessions = sessions;
        _logger = logger;
    }

    /// <summary>Documents what a handler that takes this can answer.</summary>
    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status401Unauthorized));
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status429TooManyRequests));
    }

    /// <summary>Verifies a login, and upgrades a hash that is of another kind or cheaper than those made now.</summary>
    /// <param name="account">The account that the login names, or null.</param>
    /// <param name="name">What the caller typed as its name; failures count for it whether there is such an account or not.</param>
    /// <param name="password">The password.</param>
    /// <param name="context">The request's context: failures count for its address as well.</param>
    /// <returns>The account.</returns>
    /// <exception cref="AbortException">401 for wrong credentials, 429 with Retry-After after too many of them, 503 with Retry-After when too many logins are waiting.</exception>
    public Task<TUser> VerifyAsync<TUser>(TUser? account, string name, string password, HttpContext context)
        where TUser : class, IAccount =>
        VerifyAsync(account, name, password, context, upgrade: true);

    private async Task<TUser> VerifyAsync<TUser>(TUser? account, string name, string password, HttpContext context, bool upgrade)
        where TUser : class, IAccount
    {
        var attempt = _throttle.Enter(name, context.Connection.RemoteIpAddress);
        try
        {
            var result = await _passwords.CheckAsync(account, password, context.RequestAborted, attempt.Check);
            if (account is null || account.DisabledAt is not null || result == PasswordVerificationResult.Failed)
            {
                attempt.Failed();
                _logger.LogWarning(SecurityEvents.LoginRefused, "A login from {Address} was refused", context.Connection.RemoteIpAddress);
                throw new AbortException(Refused);
            }

            attempt.Succeeded();
            if (upgrade && result == PasswordVerificationResult.SuccessRehashNeeded)
            {
                var hash = await _passwords.HashAsync(password, context.RequestAborted);
                if (await _store.ReplaceHashAsync(account.Id, account.PasswordHash, hash, context.RequestAborted))
                {
                    account.PasswordHash = hash;
                }
            }

            return account;
        }
        finally
        {
            attempt.Leave();
        }
    }

    /// <summary>Replaces the password of an account, saves it, and ends every session of the account but the request's own.</summary>
    /// <param name="account">The account, as read from the database.</param>
    /// <param name="current">The password that it has.</param>
    /// <param name="next">The password that it is to have.</param>
    /// <param name="context">The request's context.</param>
    /// <exception cref="AbortException">401, 429 or 503 as for a login; 422 when the new password will not do; 409 when another request changed it meanwhile.</exception>
    public async Task ChangePasswordAsync<TUser>(TUser account, string current, string next, HttpContext context)
        where TUser : class, IAccount
    {
        _passwords.RequireGood(next, account.Username, account.Email, "new_password");
        var old = account.PasswordHash;
        await VerifyAsync(account, account.Email, current, context, upgrade: false);
        if (!await _store.ReplaceHashAsync(account.Id, old, await _passwords.HashAsync(next, context.RequestAborted), context.RequestAborted))
        {
            throw Abort.Conflict("The password was changed by another request.");
        }

        await _sessions.EndAllAsync(account.Id, CurrentUser.From(context.User)?.SessionId, context.RequestAborted);
    }
}
