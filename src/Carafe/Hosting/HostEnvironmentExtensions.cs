namespace Carafe;

/// <summary>Asks which of the three environments the app runs in: Development, Testing or Production.</summary>
public static class HostEnvironmentExtensions
{
    /// <summary>True in Testing: <c>.env</c> is not read, secrets are random for each app. Development and Production have the platform's <c>IsDevelopment</c> and <c>IsProduction</c>.</summary>
    /// <param name="environment">The app's environment.</param>
    public static bool IsTesting(this IHostEnvironment environment) => environment.IsEnvironment(EnvironmentNames.Testing);
}
