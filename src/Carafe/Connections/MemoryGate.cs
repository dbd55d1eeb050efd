namespace Carafe.Connections;

/// <summary>
/// Says when the process has no memory for more work: three quarters of what it may use are in use. It looks at most twenty times a second, and collects
/// before it says so.
/// </summary>
internal sealed class MemoryGate(MachineLimits limits)
{
    private const long Interval = 50;
    private const long BetweenCollections = 1000;

    private readonly long _most = limits.Memory / 4 * 3;
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

    private bool Look(long now)
    {
        if (GC.GetTotalMemory(forceFullCollection: false) < _most)
        {
            return false;
        }

        if (now - _collected > BetweenCollections)
        {
            _collected = now;
            GC.Collect();
        }

        return GC.GetTotalMemory(forceFullCollection: false) >= _most;
    }
}
