namespace Carafe.Auth;

/// <summary>The <c>iss</c> and <c>aud</c> of the app's tokens.</summary>
internal sealed class Issuer(AuthOptions options, IHostEnvironment environment)
{
    public string Name { get; } = options.JwtIssuer.Length > 0 ? options.JwtIssuer : environment.ApplicationName;

    public string Audience => options.JwtAudience.Length > 0 ? options.JwtAudience : Name;

    /// <summary>A service that checks no more than <c>aud</c> refuses a refresh token as well.</summary>
    public string RefreshAudience => Audience + "/refresh";
}
