namespace Carafe.Tasks;

/// <summary>Tells the page of tasks how admins of the app sign in.</summary>
public sealed record TaskPageOptions
{
    /// <summary>Gets the path that exchanges a name and a <c>password</c> for tokens or cookies; null for no form. Default: <c>/auth/login</c>.</summary>
    public string? LoginPath { get; init; } = "/auth/login";

    /// <summary>Gets the member of the request to <see cref="LoginPath"/> that names the account. Default: <c>email</c>.</summary>
    public string LoginMember { get; init; } = "email";

    /// <summary>Gets the path that exchanges a refresh token, so that the page stays signed in; null for none. Default: <c>/auth/refresh</c>.</summary>
    public string? RefreshPath { get; init; } = "/auth/refresh";
}
