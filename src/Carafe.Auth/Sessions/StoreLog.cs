using System.Collections.Concurrent;

namespace Carafe.Auth;

/// <summary>Logs once that a store does not respond, and once that it responds again: each request that needs it has its line in the access log.</summary>
internal sealed class StoreLog(ILogger<StoreLog> logger)
{
    private readonly ConcurrentDictionary<string, Type> _faults = new();

    public void Failed(string store, Exception cause)
    {
        var fault = cause.GetBaseException().GetType();
        var isNews = _faults.TryGetValue(store, out var known) ? known != fault && _faults.TryUpdate(store, fault, known) : _faults.TryAdd(store, fault);
        if (isNews)
        {
            logger.LogError(cause, "The {Store} did not respond", store);
        }
    }

    public void Responded(string store)
    {
        if (!_faults.IsEmpty && _faults.TryRemove(store, out _))
        {
            logger.LogInformation("The {Store} responds again", store);
        }
    }
}
