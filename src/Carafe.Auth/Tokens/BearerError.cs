using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>Why a token was refused: a stable word, a sentence for the caller, and the error code of RFC 6750 section 3, which is left out when no token was sent.</summary>
internal sealed class BearerError(string reason, string message, string? error = "invalid_token") : Exception(message)
{
    public static BearerError Missing => new("token_missing", "Send an access token: Authorization: Bearer <token>.", error: null);

    public static BearerError MissingRefresh => new("token_missing", "Send the refresh token: Authorization: Bearer <token>.", error: null);

    public static BearerError Malformed => new("token_malformed", "What was sent is not one well-formed token.");

    public static BearerError Invalid => new("token_invalid", "The token was not issued for this use.");

    public static BearerError Expired => new("token_expired", "The token has expired.");

    public static BearerError Revoked => new("token_revoked", "The session of this token has ended.");

    /// <summary>What a failed authentication is to the caller.</summary>
    public static Exception Of(Exception? failure) => failure switch
    {
        null => Missing,
        BearerError or SessionStoreException or AbortException => failure,
        SecurityTokenExpiredException => Expired,
        SecurityTokenMalformedException or ArgumentException => Malformed,
        _ => Invalid,
    };

    /// <summary>Sets the challenge and gives the error to answer with.</summary>
    public ApiError Challenge(HttpResponse response)
    {
        response.Headers.WWWAuthenticate = error is null ? "Bearer" : $"Bearer error=\"{error}\", error_description=\"{Message}\"";
        return new ApiError(StatusCodes.Status401Unauthorized, Message) { Reason = reason };
    }
}

/// <summary>The session could not be looked up. That is no reason to let anybody in, nor to send them away for good: 503.</summary>
internal sealed class SessionStoreException(Exception cause) : Exception("The session store did not answer.", cause)
{
    public static ApiError Answer { get; } = new(StatusCodes.Status503ServiceUnavailable, "Sessions cannot be checked at the moment. Try again later.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };
}
