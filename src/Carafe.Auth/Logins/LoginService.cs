using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Carafe.Auth;

/// <summary>
/// Proves who somebody is by a password: the one way in, where guessing is slowed down. For an unknown account, a wrong password and a disabled account the
/// response is the same, and so is the work.
/// </summary>
public abstract class LoginService : IEndpointParameterMetadataProvider
{
    private protected LoginService()
    {
    }

    /// <summary>Documents the responses of a handler that takes this.</summary>
    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status401Unauthorized));
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status429TooManyRequests));
    }

    /// <summary>Verifies a login, and replaces a hash that is of another kind or cheaper than current ones.</summary>
    /// <param name="account">The account that the login names, or null.</param>
    /// <param name="name">The name that the caller entered; failures count for it whether the account exists or not.</param>
    /// <param name="password">The password.</param>
    /// <param name="context">The request's context: failures count for its address as well.</param>
    /// <returns>The account.</returns>
    /// <exception cref="AbortException">401 for wrong credentials, 429 with Retry-After after too many of them, 503 with Retry-After when too many logins
    /// are waiting.</exception>
    public abstract Task<TUser> VerifyAsync<TUser>(TUser? account, string name, string password, HttpContext context)
        where TUser : class, IAccount;

    /// <summary>Replaces the password of an account, saves it, and ends every session of the account but the request's own.</summary>
    /// <param name="account">The account, as read from the database.</param>
    /// <param name="current">The current password.</param>
    /// <param name="next">The new password.</param>
    /// <param name="context">The request's context.</param>
    /// <exception cref="AbortException">401, 429 or 503 as for a login; 422 when the new password is refused; 409 when another request changed it
    /// meanwhile.</exception>
    public abstract Task ChangePasswordAsync<TUser>(TUser account, string current, string next, HttpContext context)
        where TUser : class, IAccount;
}
