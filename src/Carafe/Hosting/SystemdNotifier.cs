using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Carafe.Hosting;

/// <summary>
/// Tells systemd how the server fares (<c>Type=notify</c>, sd_notify(3)): ready, reloading, stopping, and that it lives as often as <c>WatchdogSec</c> asks.
/// Elsewhere it does nothing.
/// </summary>
internal sealed class SystemdNotifier(ILogger<SystemdNotifier> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly string? Address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    private Timer? _watchdog;

    public static bool IsThere => !string.IsNullOrEmpty(Address) && !OperatingSystem.IsWindows();

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Notify("READY=1");
        if (IsThere && Interval() is { } interval)
        {
            // On a thread of the pool: a pool that is stuck is what the watchdog is for.
            _watchdog = new Timer(_ => Notify("WATCHDOG=1"), null, TimeSpan.Zero, interval);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Notify("STOPPING=1");
        return Task.CompletedTask;
    }

    public void Reloading() => Notify(string.Create(CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond}"));

    public void Reloaded() => Notify("READY=1");

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _watchdog?.Dispose();

    // Twice as often as systemd wants it, as it advises.
    private static TimeSpan? Interval() =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            && (Environment.GetEnvironmentVariable("WATCHDOG_PID") is not { Length: > 0 } process
                || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(microseconds / 2d)
            : null;

    private void Notify(string state)
    {
        if (!IsThere)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // systemd writes the first byte of an abstract name as @.
            socket.Connect(new UnixDomainSocketEndPoint(Address!.StartsWith('@') ? $"\0{Address[1..]}" : Address));
            socket.Send(Encoding.UTF8.GetBytes(state));
        }
        catch (SocketException exception)
        {
            logger.LogWarning("systemd could not be told {State}: {Reason}", state, exception.Message);
        }
    }
}
