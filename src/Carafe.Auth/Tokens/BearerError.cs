using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>
/// Describes why a token was refused: a stable reason, a sentence for the caller, and the error code of RFC 6750 section 3, which is absent when no token
/// was sent.
/// </summary>
/// <param name="reason">The word.</param>
/// <param name="message">The sentence.</param>
/// <param name="error">The error code.</param>
/// <param name="endsSession">Whether no cookie of the session is of any use after it.</param>
internal sealed class BearerError(string reason, string message, string? error = "invalid_token", bool endsSession = false) : Exception(message)
{
    public static BearerError Missing => new("token_missing", "Send an access token", error: null);

    public static BearerError MissingRefresh => new("token_missing", "Send the refresh token", error: null);

    public static BearerError Malformed => new("token_malformed", "What was sent is not one well-formed token.");

    public static BearerError Invalid => new("token_invalid", "The token was not issued for this use.");

    public static BearerError Expired => new("token_expired", "The token has expired.");

    public static BearerError NotYetValid => new("token_not_yet_valid", "The token is not valid yet: the clock that issued it is ahead of this server's.");

    public static BearerError Revoked => new("token_revoked", "The session of this token has ended.", endsSession: true);

    /// <summary>Returns the error of a failed authentication.</summary>
    public static Exception Of(Exception? failure) => failure switch
    {
        null => Missing,
        BearerError or StaleSignInException or SessionStoreException or AbortException => failure,
        SecurityTokenExpiredException => Expired,
        SecurityTokenNotYetValidException => NotYetValid,
        SecurityTokenMalformedException or ArgumentException => Malformed,
        _ => Invalid,
    };

    /// <summary>Returns the same error for a token that represents the session.</summary>
    public BearerError OfSession() => new(reason, Message, error, endsSession: true);

    /// <summary>Sets the challenge, clears the cookies that are of no more use, and gives the error to respond with.</summary>
    public ApiError Challenge(HttpResponse response)
    {
        var carrier = response.HttpContext.RequestServices.GetRequiredService<TokenCarrier>();
        response.Headers.WWWAuthenticate = error is null ? carrier.Scheme : $"{carrier.Scheme} error=\"{error}\", error_description=\"{Message}\"";
        response.HttpContext.RequestServices.GetRequiredService<AuthCookies>().ClearDead(response.HttpContext, endsSession);
        return new ApiError(StatusCodes.Status401Unauthorized, error is null ? $"{Message}: {carrier}." : Message) { Reason = reason };
    }
}

/// <summary>Thrown when the session cannot be looked up. That neither admits a caller nor signs it out: 503.</summary>
internal sealed class SessionStoreException(Exception cause) : Exception("The session store did not respond.", cause)
{
    public static ApiError Response { get; } = new(StatusCodes.Status503ServiceUnavailable, "Sessions cannot be checked at the moment. Try again later.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };
}
