namespace Carafe;

/// <summary>
/// Stores the responses of requests with an Idempotency-Key. The default store is the process's memory; Carafe.Data keeps them in the database, where
/// replicas agree.
/// </summary>
public interface IIdempotencyStore
{
    /// <summary>
    /// Takes the key for this request unless it is taken. Of two requests at once exactly one gets it. A claim whose lease or life has ended does not
    /// count.
    /// </summary>
    /// <param name="claim">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the key is now this request's; otherwise its record.</returns>
    Task<IdempotencyRecord?> ClaimAsync(IdempotencyClaim claim, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps the response until the claim's end of life. A claim whose lease has ended, and which another request has taken since, keeps nothing.
    /// </summary>
    /// <param name="claim">The claim.</param>
    /// <param name="response">The response.</param>
    Task CompleteAsync(IdempotencyClaim claim, IdempotentResponse response);

    /// <summary>Releases the key: the request did nothing.</summary>
    /// <param name="claim">The claim.</param>
    Task ReleaseAsync(IdempotencyClaim claim);

    /// <summary>Forgets what was kept for a caller.</summary>
    /// <param name="caller">The 16 hex digits that the caller's keys begin with.</param>
    Task ForgetAsync(string caller);
}
