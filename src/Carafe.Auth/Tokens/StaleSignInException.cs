using System.Globalization;

namespace Carafe.Auth;

/// <summary>Thrown when the password was entered too long ago for the operation (RFC 9470).</summary>
internal sealed class StaleSignInException(TimeSpan within) : Exception("This needs a recent login. Sign in again.")
{
    /// <summary>Sets the challenge and gives the error to respond with.</summary>
    public ApiError Challenge(HttpResponse response)
    {
        var seconds = within.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var scheme = response.HttpContext.RequestServices.GetRequiredService<TokenCarrier>().Scheme;
        response.Headers.WWWAuthenticate = $"{scheme} error=\"insufficient_user_authentication\", error_description=\"{Message}\", max_age=\"{seconds}\"";
        return new ApiError(StatusCodes.Status401Unauthorized, Message) { Reason = "token_stale" };
    }
}
