namespace Carafe.Tasks.Storage;

/// <summary>
/// Tells the time by which tasks are due. It is the database's clock, since a replica's own may be minutes off: SQL asks it, and what is computed here adds
/// the difference that was measured last. Where the app has a clock of its own, as in tests, that one counts everywhere.
/// </summary>
internal sealed class TaskClock(TimeProvider clock)
{
    private long _offset;

    /// <summary>Gets whether the database's clock counts, where it is another machine's.</summary>
    public bool IsSystem { get; } = clock == TimeProvider.System;

    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds() + Interlocked.Read(ref _offset);

    /// <summary>Notes what the database said in the middle of a round trip.</summary>
    public void Measure(long before, long database, long after)
    {
        if (IsSystem)
        {
            Interlocked.Exchange(ref _offset, database - ((before + after) / 2));
        }
    }

    public long Local() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
