namespace Carafe.Auth;

/// <summary>Names the roles of the kit. An app may have more; a role is a string.</summary>
public static class Roles
{
    /// <summary><c>user</c>: the default role of an account.</summary>
    public const string User = "user";

    /// <summary><c>admin</c>: satisfies <see cref="AuthorizationEndpointExtensions.RequireAdmin"/> and every owner check.</summary>
    public const string Admin = "admin";
}
