using System.Globalization;

namespace Carafe.Hosting.Connections;

/// <summary>What the process may use of the machine, and the ceilings that follow from it.</summary>
internal sealed class MachineLimits
{
    /// <summary>Files, assemblies, the database and its logs need descriptors too.</summary>
    private const int Reserve = 200;
    private const int Least = 256;

    private MachineLimits(long memory, int descriptors)
    {
        (Memory, Descriptors) = (memory, descriptors);
        Connections = Math.Clamp(descriptors - Reserve, 32, (int)Math.Clamp(memory / (128 * 1024), 256, 100_000));
        InFlight = Math.Max(memory / 8, 8 * 1024 * 1024);
    }

    /// <summary>The memory that the process may use: the container's limit, or the machine's memory.</summary>
    public long Memory { get; }

    /// <summary>How many files and sockets it may open.</summary>
    public int Descriptors { get; }

    /// <summary>How many connections are open at once.</summary>
    public int Connections { get; }

    /// <summary>How many bytes of large bodies and large responses are held at once.</summary>
    public long InFlight { get; }

    public string? Fault => Descriptors < Least ? $"The process may open {Descriptors} files and sockets, and needs {Least} at least: raise ulimit -n, or LimitNOFILE of the service." : null;

    public static MachineLimits Read() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, OpenFiles());

    public static MachineLimits Of(long memory, int descriptors) => new(memory, descriptors);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"at most {Connections} connections, and {InFlight / 1024 / 1024} MB of large bodies and responses at once: {Memory / 1024 / 1024} MB of memory and {Descriptors} open files are allowed");

    // getrlimit(RLIMIT_NOFILE), where there is a /proc; elsewhere nothing is known and nothing is limited.
    private static int OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        var line = File.Exists(Limits) ? File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) : null;
        return int.TryParse(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3), CultureInfo.InvariantCulture, out var soft) ? soft : 1_000_000;
    }
}
