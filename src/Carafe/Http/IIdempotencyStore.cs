namespace Carafe;

/// <summary>Remembers the answers of requests with an Idempotency-Key. The default store is the process's memory; Carafe.Data keeps them in the database, where replicas agree.</summary>
public interface IIdempotencyStore
{
    /// <summary>Takes the key for this request, unless it is taken. Of two at once exactly one gets it. A claim whose lease or life has ended is no claim.</summary>
    /// <param name="claim">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the key is now this request's; otherwise what is there.</returns>
    Task<IdempotencyRecord?> ClaimAsync(IdempotencyClaim claim, CancellationToken cancellationToken);

    /// <summary>Keeps the answer until the claim's end of life.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="answer">What was answered.</param>
    Task CompleteAsync(IdempotencyClaim claim, IdempotentAnswer answer);

    /// <summary>Gives the key back: the request did nothing.</summary>
    /// <param name="claim">The claim.</param>
    Task ReleaseAsync(IdempotencyClaim claim);
}

/// <summary>A request that wants to run once.</summary>
/// <param name="Key">64 hex digits of caller, address and key together.</param>
/// <param name="Fingerprint">64 hex digits of the payload.</param>
/// <param name="Now">The time of the request.</param>
/// <param name="LeaseEnds">When an unanswered claim counts as abandoned, such as by a process that died.</param>
/// <param name="Expires">When the answer is forgotten.</param>
public sealed record IdempotencyClaim(string Key, string Fingerprint, DateTimeOffset Now, DateTimeOffset LeaseEnds, DateTimeOffset Expires);

/// <summary>What is known of a key.</summary>
/// <param name="Fingerprint">The payload it was used with.</param>
/// <param name="Answer">The answer; null while the first request is under way.</param>
public sealed record IdempotencyRecord(string Fingerprint, IdempotentAnswer? Answer);

/// <summary>An answer that can be given again.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers as a JSON object.</param>
/// <param name="Body">The body.</param>
public sealed record IdempotentAnswer(int Status, string Headers, byte[] Body);
