using System.CommandLine;
using System.Net.Sockets;
using Carafe.Configuration;
using Carafe.Hosting;
using Microsoft.AspNetCore.Connections;

namespace Carafe.Commands;

/// <summary>Serves the API. It is the default command.</summary>
internal sealed class RunCommand : Command, IRunsUntilStopped
{
    private readonly WebApplication _app;
    private readonly ConsoleLogRouting _log;
    private readonly Option<string?> _host = new("--host") { Description = "The address to listen on, such as 0.0.0.0 for every one.", HelpName = "ADDRESS" };
    private readonly Option<int?> _port = new("--port") { Description = "The port to listen on; 0 takes a free one.", HelpName = "PORT" };

    private readonly List<(Option<bool> Option, Action<WebApplication> Given)> _flags;

    public RunCommand(WebApplication app, ConsoleLogRouting log, IEnumerable<RunFlag> flags)
        : base("run", "Serve the API.")
    {
        _app = app;
        _log = log;
        _flags = [.. flags.Select(flag => (new Option<bool>(flag.Name) { Description = flag.Description }, flag.Given))];
        _port.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !ushort.TryParse(text, out _))
            {
                result.AddError($"--port '{text}' is not a port: it is a number from 0 to 65535.");
            }
        });
        AddTo(this);
    }

    /// <summary>Adds this command's options and action to another command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_port);
        _flags.ForEach(flag => command.Options.Add(flag.Option));
        command.SetAction(ServeAsync);
    }

    private async Task<int> ServeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        _app.Services.GetRequiredService<StartupValidator>().Validate();
        if (parsed.GetValue(_host) is not null || parsed.GetValue(_port) is not null)
        {
            _app.Urls.Clear();
            _app.Urls.Add(_app.Services.GetRequiredService<ServerUrls>().Url(parsed.GetValue(_host), parsed.GetValue(_port)));
        }

        _flags.FindAll(flag => parsed.GetValue(flag.Option)).ForEach(flag => flag.Given(_app));
        using var signals = new StopSignals(_app.Lifetime,
            [.. _app.Services.GetServices<IReloadable>().Where(reload => reload.IsConfigured)], _app.Services.GetRequiredService<SystemdNotifier>(),
            _app.Logger);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception error) when (CannotListen(error) is { } reason)
        {
            throw new CommandException($"{reason} Choose another address with --host and --port, PORT or ASPNETCORE_URLS.");
        }

        catch (OperationCanceledException) when (_app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The app was stopped before it had started completely, and listens already: requests that came in are finished.
            await _app.StopAsync(CancellationToken.None);
            return 0;
        }

        _log.Started = true;
        if (_app.Environment.IsDevelopment() && parsed.InvocationConfiguration.Output == Console.Out && !Console.IsOutputRedirected)
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync(await StartupBanner.ForAsync(_app));
        }

        await _app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private string? CannotListen(Exception error) =>
        error is IOException && error.InnerException is AddressInUseException ? error.Message
        : error is SocketException ? $"Cannot listen on {string.Join(" and ", _app.Urls)}: {error.Message}."
        : null;
}
