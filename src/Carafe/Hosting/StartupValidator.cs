using Carafe.Configuration;

namespace Carafe.Hosting;

/// <summary>
/// Reports the errors of the settings and of the routes as one list. <c>ValidateOnStart</c> of this type makes the platform's validation read its value;
/// the value is an exception that lists everything, whichever options class the platform has validated before.
/// </summary>
internal sealed class StartupValidator(SettingsValidator settings, RouteTableValidator routes) : IOptionsMonitor<StartupValidator>
{
    StartupValidator IOptionsMonitor<StartupValidator>.CurrentValue => this;

    /// <exception cref="ConfigurationException">Lists every error.</exception>
    public void Validate() => ConfigurationException.ThrowIfAny([.. settings.Errors(), .. routes.Errors()]);

    StartupValidator IOptionsMonitor<StartupValidator>.Get(string? name)
    {
        if (!settings.IsCollecting)
        {
            Validate();
        }

        return this;
    }

    IDisposable? IOptionsMonitor<StartupValidator>.OnChange(Action<StartupValidator, string?> listener) => null;
}
