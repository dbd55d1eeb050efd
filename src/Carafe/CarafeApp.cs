using Carafe.Commands;
using Carafe.Configuration;

namespace Carafe;

/// <summary>Creates and runs an app.</summary>
public static class CarafeApp
{
    /// <summary>
    /// Creates the platform's builder with Carafe's defaults: a named environment, <c>.env</c>, typed settings, JSON conventions, the standard error
    /// format and the app's own commands. Call <see cref="CarafeApplicationBuilderExtensions.UseCarafe"/> first on the app that it builds.
    /// </summary>
    /// <param name="args">The process's arguments; <c>--environment NAME</c> is read here, the rest by <see cref="RunAsync"/>.</param>
    /// <exception cref="ConfigurationException">The environment has an unknown name. All other errors of the configuration are reported together when the
    /// app starts.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        RefuseBareLineFeeds();
        var bootstrap = HostBootstrap.Read(args, Environment.GetEnvironmentVariable);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Settings are read once. A watcher on each file would only use up the machine's inotify handles in a suite that makes hundreds of apps.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
            ApplicationName = HostBootstrap.Argument(args, "--applicationName"),
            ContentRootPath = bootstrap.ContentRoot,
            EnvironmentName = bootstrap.EnvironmentName,
        });
        bootstrap.AddTo(builder.Configuration);
        builder.Services.AddCarafe(bootstrap);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        return builder;
    }

    // RFC 9112 section 2.2 allows a bare line feed. Where a proxy in front sees another line end than the server, requests can be smuggled. Kestrel has
    // a process-wide switch and no option; an app that has set it itself is left alone (docs/decisions/0064-no-bare-line-feeds.md).
    private static void RefuseBareLineFeeds()
    {
        const string Switch = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";
        if (!AppContext.TryGetSwitch(Switch, out _))
        {
            AppContext.SetSwitch(Switch, true);
        }
    }

    /// <summary>Runs the command that the arguments name, or the server when they name none. Program.cs is this one line.</summary>
    /// <param name="args">The process's arguments.</param>
    /// <param name="create">The application factory.</param>
    /// <param name="output">Where commands write. Default: the console.</param>
    /// <param name="error">Where errors are written. Default: the console.</param>
    /// <returns>The exit code: 0 done, 1 failed, 2 misused, 78 an invalid configuration (<c>EX_CONFIG</c> of sysexits.h).</returns>
    public static Task<int> RunAsync(
        string[] args,
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> create,
        TextWriter? output = null,
        TextWriter? error = null) =>
        CommandLine.RunAsync(args, create, output ?? Console.Out, error ?? Console.Error);
}
