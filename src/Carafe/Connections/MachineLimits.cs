using System.Globalization;

namespace Carafe.Connections;

/// <summary>Determines what the process may use of the machine, and the limits that follow from it.</summary>
internal sealed class MachineLimits
{
    /// <summary>
    /// What is open already at the start stays open; files, assemblies, the database and its logs need more of them later, and connections that are being
    /// closed.
    /// </summary>
    private const int Reserve = 300;

    private MachineLimits(long memory, int descriptors, int open)
    {
        (Memory, Descriptors) = (memory, descriptors);
        Connections = Math.Clamp(descriptors - open - Reserve, 32, (int)Math.Clamp(memory / (128 * 1024), 256, 100_000));
        InFlight = Math.Max(memory / 8, 8 * 1024 * 1024);
    }

    /// <summary>Gets the memory that the process may use: the container's limit, or the machine's memory.</summary>
    public long Memory { get; }

    /// <summary>Gets how many files and sockets it may open.</summary>
    public int Descriptors { get; }

    /// <summary>Gets how many connections may be open at once.</summary>
    public int Connections { get; }

    /// <summary>Gets how many bytes of large bodies and large responses may be held at once.</summary>
    public long InFlight { get; }

    public static MachineLimits Read() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, MostFiles(), OpenFiles());

    public static MachineLimits Of(long memory, int descriptors) => new(memory, descriptors, 0);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"at most {Connections} connections, and {InFlight / 1024 / 1024} MB of large bodies and responses at once: {Memory / 1024 / 1024} MB of memory " +
        $"and {Descriptors} open files are allowed");

    // getrlimit(RLIMIT_NOFILE), where there is a /proc; elsewhere nothing is known and nothing is limited.
    private static int MostFiles()
    {
        const string Limits = "/proc/self/limits";
        var line = File.Exists(Limits) ? File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) : null;
        return int.TryParse(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3), CultureInfo.InvariantCulture, out var soft)
            ? soft
            : 1_000_000;
    }

    private static int OpenFiles() => Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0;
}
