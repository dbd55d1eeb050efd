namespace Carafe.Connections;

/// <summary>
/// Says when the process has no memory for more work: three quarters of what it may use are in use, or half while work waits, as many threads then take
/// memory at once. It looks at most a hundred times a second, and collects before it says so.
/// </summary>
internal sealed class MemoryGate(MachineLimits limits)
{
    private const long Interval = 10;
    private const long BetweenCollections = 1000;

    private static readonly int Backlog = 16 * Environment.ProcessorCount;

    private long _looked;
    private long _collected;
    private volatile bool _isTight;

    public bool IsTight
    {
        get
        {
            var now = Environment.TickCount64;
            var looked = Volatile.Read(ref _looked);
            if (now - looked >= Interval && Interlocked.CompareExchange(ref _looked, now, looked) == looked)
            {
                _isTight = Look(now);
            }

            return _isTight;
        }
    }

    private bool IsFull =>
        GC.GetTotalMemory(forceFullCollection: false) >= (ThreadPool.PendingWorkItemCount > Backlog ? limits.Memory / 2 : limits.Memory / 4 * 3);

    private bool Look(long now)
    {
        if (!IsFull)
        {
            return false;
        }

        if (now - _collected > BetweenCollections)
        {
            _collected = now;
            GC.Collect();
        }

        return IsFull;
    }
}
