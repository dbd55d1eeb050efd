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

    // What a server needs besides the heap of the garbage collector: compiled code, the caches of SQLite, the stacks of threads.
    private const long OutsideHeap = 128 * 1024 * 1024;

    // Once for the process: the limit of the second time would follow from that of the first.
    private static readonly Lazy<long> Heap = new(LimitHeap);

    private MachineLimits(long memory, int descriptors, int open)
    {
        (Memory, Descriptors) = (memory, descriptors);
        Connections = Math.Clamp(descriptors - open - Reserve, 32, (int)Math.Clamp(memory / (128 * 1024), 256, 100_000));
        InFlight = Math.Max(memory / 8, 8 * 1024 * 1024);
    }

    /// <summary>Gets the memory that the heap may use: the container's limit without what lies outside the heap, or the machine's memory.</summary>
    public long Memory { get; }

    /// <summary>Gets how many files and sockets it may open.</summary>
    public int Descriptors { get; }

    /// <summary>Gets how many connections may be open at once.</summary>
    public int Connections { get; }

    /// <summary>Gets how many bytes of large bodies and large responses may be held at once.</summary>
    public long InFlight { get; }

    /// <summary>Reads the limits, and makes the heap leave room for what lies outside it.</summary>
    public static MachineLimits Read() => new(Heap.Value, MostFiles(), OpenFiles());

    public static MachineLimits Of(long memory, int descriptors) => new(memory, descriptors, 0);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"at most {Connections} connections, and {InFlight / 1024 / 1024} MB of large bodies and responses at once: {Memory / 1024 / 1024} MB of memory " +
        $"and {Descriptors} open files are allowed");

    // In a container the heap may grow to three quarters of the memory. Of 256 MB, code, SQLite and threads need more than the quarter that is left, and
    // the kernel kills the process without a word. A limit that the operator has set stays.
    private static long LimitHeap()
    {
        var heap = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var container = heap / 3 * 4;
        var most = Math.Max(container - OutsideHeap, container / 2);
        if (heap >= MachineMemory() || most >= heap || IsConfigured("HeapHardLimit") || IsConfigured("HeapHardLimitPercent"))
        {
            return heap;
        }

        AppContext.SetData("GCHeapHardLimit", (ulong)most);
        GC.RefreshMemoryLimit();
        return most;
    }

    private static bool IsConfigured(string name) =>
        Environment.GetEnvironmentVariable($"DOTNET_GC{name}") is not null || AppContext.GetData($"System.GC.{name}") is not null;

    private static long MachineMemory()
    {
        const string Memory = "/proc/meminfo";
        var line = File.Exists(Memory) ? File.ReadLines(Memory).FirstOrDefault(line => line.StartsWith("MemTotal", StringComparison.Ordinal)) : null;
        return long.TryParse(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1), CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes * 1024
            : 0;
    }

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
