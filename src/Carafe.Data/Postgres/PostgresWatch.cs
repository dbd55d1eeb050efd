namespace Carafe.Data.Postgres;

/// <summary>
/// Detects a server that does not respond, and makes room for threads. Npgsql asks such a server to cancel each statement that timed out, which blocks a
/// thread of the pool until it times out as well. With a few dozen statements no thread would be left, and requests that need no database would hang
/// (docs/decisions/0029-threads-for-a-silent-server.md).
/// </summary>
internal sealed class PostgresWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Timer _timer;
    private long _begun;
    private long _ended;
    private long _endedBefore;
    private int _idle;
    private (int Workers, int Ports)? _usual;

    public PostgresWatch() => _timer = new Timer(_ => Look(), null, Interval, Interval);

    public void Begin() => Interlocked.Increment(ref _begun);

    public void End() => Interlocked.Increment(ref _ended);

    public void Dispose()
    {
        _timer.Dispose();
        Restore();
    }

    // Work is in progress, and for a second none of it has ended.
    private void Look()
    {
        var ended = Interlocked.Read(ref _ended);
        var underWay = (int)(Interlocked.Read(ref _begun) - ended);
        _idle = underWay > 0 && ended == _endedBefore ? _idle + 1 : 0;
        _endedBefore = ended;
        if (_idle == 0)
        {
            Restore();
        }
        else if (_idle == 2 && _usual is null)
        {
            ThreadPool.GetMinThreads(out var workers, out var ports);
            _usual = (workers, ports);
            ThreadPool.SetMinThreads(workers + underWay, ports);
        }
    }

    private void Restore()
    {
        if (_usual is var (workers, ports))
        {
            _usual = null;
            ThreadPool.SetMinThreads(workers, ports);
        }
    }
}
