using System.Globalization;

namespace Carafe.Configuration;

/// <summary>Tells whether systemd listens for this process and hands its sockets over (sd_listen_fds(3)).</summary>
internal static class SocketActivation
{
    // Descriptors 0 to 2 are the standard streams.
    private const int First = 3;

    public static bool IsThere => Handles.Any();

    public static IEnumerable<ulong> Handles =>
        Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            && int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out var count) && count > 0
            ? Enumerable.Range(First, count).Select(handle => (ulong)handle)
            : [];
}
