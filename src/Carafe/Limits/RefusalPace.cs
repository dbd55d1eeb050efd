namespace Carafe.Limits;

/// <summary>
/// Slows down who goes on after refusals. A refusal costs its caller nothing, so a loop without a pause would take the processor from everybody else:
/// an address gets 50 refusals a second at once, and waits for each more.
/// </summary>
internal sealed class RefusalPace
{
    public static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(100);

    private static readonly Limit AtOnce = new("carafe.refusals", 50, TimeSpan.FromSeconds(1));

    // What is spared is the machine's time, not the app's.
    private readonly MemoryLimitStore _counts = new(TimeProvider.System);

    /// <summary>Waits before a refusal is sent where its address has had too many.</summary>
    public Task KeepAsync(HttpContext context)
    {
        var take = new LimitTake(AtOnce, LimitKey.Address(context.Connection.RemoteIpAddress));
        var state = default(LimitState);
        return _counts.Take(new(in take), new(ref state)) ? Task.CompletedTask : Task.Delay(Hold, context.RequestAborted);
    }
}
