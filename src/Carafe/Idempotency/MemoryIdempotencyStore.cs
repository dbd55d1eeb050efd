using System.Collections.Concurrent;

namespace Carafe.Idempotency;

/// <summary>Keeps the records of one process without a database.</summary>
internal sealed class MemoryIdempotencyStore : IIdempotencyStore
{
    private readonly ConcurrentDictionary<string, (IdempotencyClaim Claim, IdempotentResponse? Response)> _keys = new();

    public Task<IdempotencyRecord?> ClaimAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        foreach (var (key, known) in _keys.Where(known => HasEnded(known.Value, claim.Now)))
        {
            _keys.TryRemove(KeyValuePair.Create(key, known));
        }

        var (first, response) = _keys.GetOrAdd(claim.Key, (claim, null));
        return Task.FromResult(ReferenceEquals(first, claim) ? null : new IdempotencyRecord(first.Fingerprint, response));
    }

    public Task CompleteAsync(IdempotencyClaim claim, IdempotentResponse response)
    {
        _keys.TryUpdate(claim.Key, (claim, response), (claim, null));
        return Task.CompletedTask;
    }

    public Task ReleaseAsync(IdempotencyClaim claim)
    {
        _keys.TryRemove(KeyValuePair.Create(claim.Key, (claim, (IdempotentResponse?)null)));
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string caller)
    {
        foreach (var key in _keys.Keys.Where(key => key.StartsWith(caller, StringComparison.Ordinal)))
        {
            _keys.TryRemove(key, out _);
        }

        return Task.CompletedTask;
    }

    private static bool HasEnded((IdempotencyClaim Claim, IdempotentResponse? Response) known, DateTimeOffset now) =>
        (known.Response is null ? known.Claim.LeaseEnds : known.Claim.Expires) <= now;
}
