using Carafe.Hosting;

namespace Carafe.Auth;

/// <summary>Makes the first key where that is harmless (Development, Testing), and otherwise refuses to start without one that is good.</summary>
internal sealed class KeyRingValidator(IServiceProvider services, IHostEnvironment environment, ILogger<KeyRingValidator> logger) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints)
    {
        try
        {
            // Resolved here and not before: the settings may be invalid themselves, and are reported then.
            var ring = services.GetRequiredService<KeyRing>();
            if (ring.Algorithm != KeyRing.Symmetric)
            {
                if (!environment.IsProduction() && ring.Signer(ring.Files()) is null)
                {
                    ring.Rotate(TimeSpan.Zero);
                }

                _ = ring.Current;
                PrivateFiles.Warn(logger, [ring.Folder, .. Directory.EnumerateFiles(ring.Folder, "*.pem")]);
            }

            return [];
        }
        catch (Exception error) when (error is KeyRingException or IOException or UnauthorizedAccessException)
        {
            return [$"JWT_KEYS_PATH: {error.Message}"];
        }
        catch (ConfigurationException)
        {
            return [];
        }
    }
}
