namespace Carafe.Auth;

/// <summary>Publishes the public keys.</summary>
internal static class JwksEndpoint
{
    public const string Path = "/.well-known/jwks.json";

    public static void MapJwks(this WebApplication app)
    {
        try
        {
            if (app.Services.GetRequiredService<AuthOptions>().JwtAlgorithm != KeyRing.Symmetric)
            {
                app.MapGet(Path, GetKeys).AllowAnonymous().ExcludeFromDescription();
            }
        }
        catch (ConfigurationException error)
        {
            app.Logger.LogDebug(error, "The JWKS is not mapped: the start refuses these settings, with whatever else is wrong");
        }
    }

    /// <summary>Lists the keys that verify access tokens (RFC 7517 section 5).</summary>
    internal static Microsoft.AspNetCore.Http.HttpResults.Ok<Dictionary<string, Dictionary<string, string>[]>> GetKeys(KeyRing ring, HttpResponse response)
    {
        // A new key is published an hour before it signs, so no copy may be older than that.
        response.Headers.CacheControl = "public, max-age=900";
        return TypedResults.Ok(new Dictionary<string, Dictionary<string, string>[]> { ["keys"] = [.. ring.Published.Select(key => key.ToJwk())] });
    }
}
