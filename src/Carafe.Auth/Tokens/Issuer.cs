namespace Carafe.Auth;

/// <summary>The <c>iss</c> and <c>aud</c> of the app's tokens.</summary>
internal sealed class Issuer(AuthSettings settings, IHostEnvironment environment)
{
    public string Name { get; } = settings.JwtIssuer.Length > 0 ? settings.JwtIssuer : environment.ApplicationName;

    public string Audience => settings.JwtAudience.Length > 0 ? settings.JwtAudience : Name;

    /// <summary>A service that checks no more than <c>aud</c> refuses a refresh token as well.</summary>
    public string RefreshAudience => Audience + "/refresh";
}
