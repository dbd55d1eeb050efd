using System.Runtime.InteropServices;
using Carafe.Configuration;

namespace Carafe.Hosting;

/// <summary>
/// Ends the server as SIGTERM does on signals that would otherwise kill it at once, in the middle of requests: a terminal that closes (SIGHUP), a script
/// that means a reload (SIGUSR1, SIGUSR2), a timer (SIGALRM). A file that may grow no further (SIGXFSZ) is an error of the write and no reason to die.
/// Where there is something to read again, SIGHUP is a reload.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // As a shell has it for a process that SIGINT ended.
    private const int Cut = 130;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _terminations;

    public StopSignals(IHostApplicationLifetime lifetime, IReadOnlyList<IReloadable> reloads, SystemdNotifier systemd, ILogger logger)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var (name, number) in OperatingSystem.IsMacOS()
            ? [("SIGHUP", 1), ("SIGUSR1", 30), ("SIGUSR2", 31), ("SIGALRM", 14)]
            : new[] { ("SIGHUP", 1), ("SIGUSR1", 10), ("SIGUSR2", 12), ("SIGALRM", 14) })
        {
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context =>
            {
                context.Cancel = true;
                if (name == "SIGHUP" && reloads.Count > 0)
                {
                    logger.LogInformation("{Signal}: the configuration is read again", name);
                    systemd.Reloading();
                    foreach (var reload in reloads)
                    {
                        reload.Reload();
                    }

                    systemd.Reloaded();
                    return;
                }

                logger.LogInformation("{Signal}: the server ends as on SIGTERM", name);
                lifetime.StopApplication();
            }));
        }

        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, _ => EndOnTheSecond(logger)));
        }

        _registrations.Add(PosixSignalRegistration.Create((PosixSignal)25, context => context.Cancel = true));
    }

    // The first is the host's, which lets requests end. Whoever sends another does not want to wait for them.
    private void EndOnTheSecond(ILogger logger)
    {
        if (Interlocked.Increment(ref _terminations) == 2)
        {
            logger.LogWarning("A second signal: the server ends now, and requests are cut off");
            Environment.Exit(Cut);
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
