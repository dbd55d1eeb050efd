namespace Carafe;

/// <summary>Tests which of the three environments the app runs in: Development, Testing or Production.</summary>
public static class HostEnvironmentExtensions
{
    /// <summary>
    /// Returns true in Testing: <c>.env</c> is not read, and secrets are random for each app. For Development and Production use the platform's
    /// <c>IsDevelopment</c> and <c>IsProduction</c>.
    /// </summary>
    /// <param name="environment">The app's environment.</param>
    public static bool IsTesting(this IHostEnvironment environment) => environment.IsEnvironment(EnvironmentNames.Testing);
}
