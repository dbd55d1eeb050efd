namespace Carafe.Auth;

/// <summary>Holds the <c>iss</c> and <c>aud</c> of the app's tokens.</summary>
internal sealed class Issuer(AuthOptions options, IHostEnvironment environment)
{
    public string Name { get; } = options.JwtIssuer.Length > 0 ? options.JwtIssuer : environment.ApplicationName;

    public string Audience => options.JwtAudience.Length > 0 ? options.JwtAudience : Name;

    /// <summary>Gets the audience of refresh tokens. A service that checks only <c>aud</c> refuses a refresh token as well.</summary>
    public string RefreshAudience => Audience + "/refresh";
}
