using System.Diagnostics;

namespace Carafe.Limits;

/// <summary>
/// Says how long a request waits for a store, and when a store that is silent counts as gone. Time is the machine's own, whatever time the app is told.
/// </summary>
internal sealed class LimitPatience
{
    /// <summary>How long a request waits for a store that responds to nobody.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    // Slow responses are a busy machine; as many, and none in time meanwhile, are a store that is gone.
    private const int SlowInARow = 3;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);

    private long _responded = Stopwatch.GetTimestamp();
    private int _slow;

    public void Responded()
    {
        Volatile.Write(ref _slow, 0);
        Volatile.Write(ref _responded, Stopwatch.GetTimestamp());
    }

    /// <summary>Waits for a response. A busy store is waited for longer, so that it counts exactly.</summary>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    public async Task<T> WaitAsync<T>(Task<T> asked, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var turn = Stopwatch.GetTimestamp();
            try
            {
                return await asked.WaitAsync(Wait, cancellationToken);
            }
            catch (TimeoutException) when (asked.IsCompletedSuccessfully)
            {
                // Both at once: the response is there.
                return await asked;
            }
            catch (TimeoutException) when (IsBusy(turn) && Stopwatch.GetElapsedTime(started) < Longest)
            {
            }
        }
    }

    /// <summary>Notes that a request has waited in vain, and returns whether the store is gone.</summary>
    public bool IsGone() => Interlocked.Increment(ref _slow) >= SlowInARow && Stopwatch.GetElapsedTime(Volatile.Read(ref _responded)) > Silence;

    // Others had a response meanwhile; or this process was not run for so long that the response may be here and not read.
    private bool IsBusy(long turn) =>
        Stopwatch.GetElapsedTime(Volatile.Read(ref _responded)) < Wait || Stopwatch.GetElapsedTime(turn) > 2 * Wait;
}
