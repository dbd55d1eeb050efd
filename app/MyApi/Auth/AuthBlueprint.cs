namespace MyApi.Auth;

/// <summary>The auth blueprint.</summary>
public sealed class AuthBlueprint : IBlueprint
{
    public static string Name => "auth";

    public static void Map(RouteGroupBuilder auth)
    {
    }
}
