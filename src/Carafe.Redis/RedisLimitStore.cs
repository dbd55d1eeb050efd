using StackExchange.Redis;

namespace Carafe.Redis;

/// <summary>Keeps the counts in Redis, by one call for a decision.</summary>
internal sealed class RedisLimitStore(RedisConnection connection) : ILimitStore
{
    private const int MicrosecondTicks = 10;

    // The version of the form of what is kept: another version has keys of its own.
    private readonly string _prefix = connection.Prefix + "limits:1:";

    public async ValueTask<bool> TakeAsync(ReadOnlyMemory<LimitTake> takes, Memory<LimitState> states, CancellationToken cancellationToken)
    {
        var values = new List<RedisValue>(takes.Length * 5);
        foreach (var take in takes.Span)
        {
            values.AddRange([Kind(take), take.Limit.Count, take.Limit.Window.Ticks / MicrosecondTicks, Interval(take), take.Cost]);
        }

        var database = (await connection.OpenAsync()).GetDatabase();
        var result = (RedisValue[])(await database.ScriptEvaluateAsync(LimitScripts.Take, Keys(takes.Span), [.. values]))!;
        for (var at = 0; at < takes.Length; at++)
        {
            var first = 1 + (at * 4);
            states.Span[at] = new LimitState((int)result[first], Time(result[first + 1]), Time(result[first + 2]), (long)result[first + 3]);
        }

        return (int)result[0] == 1;
    }

    public async ValueTask ReturnAsync(ReadOnlyMemory<LimitTake> takes, ReadOnlyMemory<LimitState> states, CancellationToken cancellationToken)
    {
        var values = new List<RedisValue>(takes.Length * 4);
        for (var at = 0; at < takes.Length; at++)
        {
            var take = takes.Span[at];
            values.AddRange([Kind(take), Interval(take), take.Cost, states.Span[at].Stamp]);
        }

        var database = (await connection.OpenAsync()).GetDatabase();
        await database.ScriptEvaluateAsync(LimitScripts.Return, Keys(takes.Span), [.. values]);
    }

    private static RedisValue Kind(LimitTake take) => take.Limit.Scope[^1..];

    // Rounded up: never faster than the limit.
    private static long Interval(LimitTake take) => (take.Limit.Interval + MicrosecondTicks - 1) / MicrosecondTicks;

    private static TimeSpan Time(RedisValue microseconds) => new((long)microseconds * MicrosecondTicks);

    private RedisKey[] Keys(ReadOnlySpan<LimitTake> takes)
    {
        var keys = new RedisKey[takes.Length];
        for (var at = 0; at < takes.Length; at++)
        {
            keys[at] = $"{_prefix}{takes[at].Limit.Scope}:{takes[at].Key}";
        }

        return keys;
    }
}
