namespace Carafe.Auth;

/// <summary>The roles that the kit knows. An app may have more; a role is a string.</summary>
public static class Roles
{
    /// <summary><c>user</c>: what an account is unless told.</summary>
    public const string User = "user";

    /// <summary><c>admin</c>: passes <see cref="AuthorizationEndpointExtensions.RequireAdmin"/> and every owner check.</summary>
    public const string Admin = "admin";
}
