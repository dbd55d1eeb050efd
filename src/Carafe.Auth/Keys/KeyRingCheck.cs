using System.Security.Cryptography;

namespace Carafe.Auth;

/// <summary>Makes the first key where that is harmless (Development, Testing), and otherwise refuses to start without one.</summary>
internal sealed class KeyRingCheck(KeyRing ring, AuthSettings settings, IHostEnvironment environment, ILogger<KeyRingCheck> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (settings.JwtAlgorithm != KeyRing.Symmetric)
        {
            if (!environment.IsProduction() && ring.Signer(ring.Files()) is null)
            {
                ring.Rotate(TimeSpan.Zero);
            }

            try
            {
                _ = ring.Current;
                PrivateFiles.Warn(logger, [ring.Folder, .. Directory.EnumerateFiles(ring.Folder, "*.pem")]);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                throw new ConfigurationException([$"JWT_KEYS_PATH: {fault.Message}"]);
            }
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
