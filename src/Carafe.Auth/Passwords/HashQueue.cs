namespace Carafe.Auth;

/// <summary>
/// Runs a few hashes at a time, on threads of their own: half of the processors go on serving other requests whatever happens, and the thread pool never waits for a hash.
/// </summary>
internal sealed class HashQueue : IDisposable
{
    private const int Waiting = 64;

    private static readonly ApiError Busy = new(StatusCodes.Status503ServiceUnavailable, "Too many logins at the moment. Try again in a few seconds.") { RetryAfter = TimeSpan.FromSeconds(5) };

    private readonly SemaphoreSlim _running = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _admitted;

    public async Task<T> RunAsync<T>(Func<T> hash, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _admitted) > Waiting)
            {
                throw new AbortException(Busy);
            }

            await _running.WaitAsync(cancellation);
            try
            {
                return await Task.Factory.StartNew(hash, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _running.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _admitted);
        }
    }

    public void Dispose() => _running.Dispose();
}
