using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth;

/// <summary>Accepts tokens that another system issued, beside the kit's own, for as long as the app says.</summary>
internal abstract class ForeignTokens
{
    /// <summary>Reads a token.</summary>
    /// <param name="context">The request.</param>
    /// <param name="token">Three parts of base64url.</param>
    /// <param name="refresh">Whether it is to be a refresh token.</param>
    /// <returns>Who signed in; null when the token is none of the other system's.</returns>
    /// <exception cref="BearerError">It is, and is not good, or revoked, or its account is disabled.</exception>
    public abstract Task<ForeignSignIn?> ReadAsync(HttpContext context, string token, bool refresh);

    /// <summary>Adds to a save of the app that the tokens of these accounts are worth nothing from now on.</summary>
    public abstract void EndWith(DbContext context, IEnumerable<int> users);
}

/// <summary>Describes a good token of another system.</summary>
/// <param name="Account">The account, as it is now.</param>
/// <param name="SessionId">Stands for the session of the token.</param>
/// <param name="AuthenticatedAt">When the password was given; null when the token does not tell.</param>
internal sealed record ForeignSignIn(IAccount Account, Guid SessionId, DateTimeOffset? AuthenticatedAt);
