namespace Carafe.Limits;

/// <summary>
/// Slows down who goes on after refusals. A refusal costs its caller nothing, so a loop without a pause would take the processor from everybody else:
/// an address gets 50 refusals at once and 50 a second after that, and waits for each more.
/// </summary>
internal sealed class RefusalDelay(TimeProvider clock)
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    private static readonly Limit AtOnce = new("carafe.refusals", 50, TimeSpan.FromSeconds(1));

    private readonly MemoryLimitStore _counts = new(clock);

    /// <summary>Waits before a refusal is sent where its address has had too many.</summary>
    public Task WaitAsync(HttpContext context)
    {
        var take = new LimitTake(AtOnce, LimitKey.Address(context.Connection.RemoteIpAddress));
        var state = default(LimitState);
        return _counts.Take(new(in take), new(ref state)) ? Task.CompletedTask : Task.Delay(Delay, clock, context.RequestAborted);
    }
}
