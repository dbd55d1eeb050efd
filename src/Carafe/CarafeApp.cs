using Carafe.Commands;
using Carafe.Hosting;

namespace Carafe;

/// <summary>Makes and runs an app: the application factory's two ends.</summary>
public static class CarafeApp
{
    /// <summary>
    /// Makes the platform's builder with Carafe's ground laid: a named environment, <c>.env</c>, typed settings, JSON conventions, the one error shape and the
    /// app's own commands. Call <see cref="CarafeApplicationBuilderExtensions.UseCarafe"/> first on what it builds.
    /// </summary>
    /// <param name="args">The process's arguments; <c>--environment NAME</c> is read here, the rest by <see cref="RunAsync"/>.</param>
    /// <exception cref="ConfigurationException">The environment has an unknown name. Every other fault in the configuration is told, with all the others, when the app starts.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        RefuseBareLineFeeds();
        var ground = HostBootstrap.Read(args, Environment.GetEnvironmentVariable);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Settings are read once. A watcher on each file would only use up the machine's inotify handles, app by app, in a suite of tests.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
            ApplicationName = HostBootstrap.Argument(args, "--applicationName"),
            ContentRootPath = ground.ContentRoot,
            EnvironmentName = ground.EnvironmentName,
        });
        ground.AddTo(builder.Configuration);
        builder.Services.AddCarafe(ground);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        return builder;
    }

    // RFC 9112 section 2.2 allows a bare line feed; where a proxy in front sees another end of line than the server does, requests are smuggled. Kestrel has a switch of the
    // process and no option; an app that has set it itself is left alone.
    private static void RefuseBareLineFeeds()
    {
        const string Switch = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";
        if (!AppContext.TryGetSwitch(Switch, out _))
        {
            AppContext.SetSwitch(Switch, true);
        }
    }

    /// <summary>Runs what the arguments ask for: the server when they name no command. Program.cs is this one line.</summary>
    /// <param name="args">The process's arguments.</param>
    /// <param name="create">The application factory.</param>
    /// <param name="output">Where commands write; the console unless told.</param>
    /// <param name="error">Where faults are told; the console unless told.</param>
    /// <returns>The exit code: 0 done, 1 failed, 2 misused, 78 a configuration that makes no sense (<c>EX_CONFIG</c> of sysexits.h).</returns>
    public static Task<int> RunAsync(
        string[] args,
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> create,
        TextWriter? output = null,
        TextWriter? error = null) =>
        CommandLine.RunAsync(args, create, output ?? Console.Out, error ?? Console.Error);
}
