namespace Carafe.Auth;

/// <summary>Checks whether a session is alive and whose it is, from memory within the cache duration, otherwise from the database.</summary>
internal sealed class SessionCheck(SessionCache cache, AuthMetrics metrics, TimeProvider clock, StoreLog log)
{
    private const string Store = "session store";

    public ValueTask<SessionState?> FindAsync(HttpContext context, Guid id)
    {
        var isKnown = cache.TryGet(id, out var state);
        metrics.Checked(isKnown);
        return isKnown ? new(state) : new(AskAsync(context, id));
    }

    private async Task<SessionState?> AskAsync(HttpContext context, Guid id)
    {
        var generation = cache.Generation;
        try
        {
            var state = await context.RequestServices.GetRequiredService<SessionStore>().FindAsync(id, clock.GetUtcNow(), context.RequestAborted);
            log.Responded(Store);
            cache.Keep(id, state, generation);
            return state;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            log.Failed(Store, cause);
            throw new SessionStoreException(cause);
        }
    }
}
