namespace Carafe.Connections;

/// <summary>
/// Counts the bytes of large bodies and large responses that are held at once, and lends no more than <see cref="MachineLimits.InFlight"/>. Small ones
/// are not counted.
/// </summary>
internal sealed class InFlightBudget(MachineLimits limits)
{
    /// <summary>Below this nothing is counted: as many are held as there are connections, and their number is limited.</summary>
    public const int Small = 64 * 1024;

    private long _lent;

    public long Lent => Volatile.Read(ref _lent);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _lent, bytes) <= limits.InFlight)
        {
            return true;
        }

        Interlocked.Add(ref _lent, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _lent, -bytes);

    public static ApiError Full =>
        new(StatusCodes.Status503ServiceUnavailable, "Too much is being sent and received at once. Try again later.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
