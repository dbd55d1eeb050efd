using Carafe.Hosting;

namespace Carafe;

/// <summary>Holds what a check may look at. The app is built and its settings are valid; it has not started.</summary>
public sealed class CheckContext
{
    internal CheckContext(WebApplication app, IServiceProvider services) => (App, Services) = (app, services);

    /// <summary>Gets the app.</summary>
    public WebApplication App { get; }

    /// <summary>Gets the services of a scope that ends with the check.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Gets the app's routes.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => RouteTable.Read(App);

    /// <summary>Gets a setting as it was written: from the environment, a .env file or appsettings; null where it is not set.</summary>
    /// <param name="name">The setting's name, such as <c>PORT</c> or <c>Logging:LogLevel:Default</c>.</param>
    public string? Setting(string name) => App.Configuration[name];
}
