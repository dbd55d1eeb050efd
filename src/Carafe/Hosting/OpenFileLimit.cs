using System.Globalization;

namespace Carafe.Hosting;

/// <summary>Sees a limit of open files that is too low to load the app, while the runtime can still say so.</summary>
internal static class OpenFileLimit
{
    // The assemblies of an app alone are some 200 files.
    private const int Least = 400;

    /// <summary>Returns one sentence, or null where the limit will do or nobody knows it.</summary>
    public static string? Error() =>
        Error(OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            : null);

    internal static string? Error(string? line) =>
        line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
            && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit < Least
            ? $"The process may open {limit} files at once, and the app needs {Least} to start and one more for each connection. Raise the limit with " +
            $"ulimit -n 4096, or LimitNOFILE= in the systemd unit."
            : null;
}
