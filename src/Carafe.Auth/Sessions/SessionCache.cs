using System.Collections.Concurrent;

namespace Carafe.Auth;

/// <summary>
/// Keeps results of the session check for <see cref="AuthOptions.SessionCacheDuration"/>, and the sessions that ended in this process for as long as
/// there is room.
/// </summary>
internal sealed class SessionCache(TimeProvider clock, AuthOptions options, SessionBroadcast broadcast)
{
    private const int Capacity = 50_000;

    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();
    private readonly TimeSpan _lag = options.SessionCacheDuration;
    private int _generation;

    /// <summary>Gets the generation. Read it before querying the database, so that a result that crossed the end of a session is not kept.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public bool TryGet(Guid id, out SessionState? state)
    {
        if (_entries.TryGetValue(id, out var entry)
            && (entry.State is null || (entry.Generation == Generation && _lag > TimeSpan.Zero && clock.GetElapsedTime(entry.Timestamp) < _lag)))
        {
            state = entry.State;
            return true;
        }

        state = null;
        return false;
    }

    public void Keep(Guid id, SessionState? state, int generation)
    {
        MakeRoom();
        var found = new Entry(state, clock.GetTimestamp(), generation);
        _entries.AddOrUpdate(id, static (_, entry) => entry, static (_, old, entry) => old.State is null ? old : entry, found);
    }

    /// <summary>Records that a session ended, for good, and tells the other replicas.</summary>
    public void End(Guid id)
    {
        EndHere(id);
        broadcast.End(id);
    }

    /// <summary>Records that a session ended.</summary>
    public void EndHere(Guid id)
    {
        MakeRoom();
        _entries[id] = new Entry(null, 0, 0);
    }

    /// <summary>Forgets every result after a change that may concern any session, and tells the other replicas.</summary>
    public void Forget()
    {
        ForgetHere();
        broadcast.Forget();
    }

    /// <summary>Forgets every result.</summary>
    public void ForgetHere() => Interlocked.Increment(ref _generation);

    // Everything here can be queried again.
    private void MakeRoom()
    {
        if (_entries.Count >= Capacity)
        {
            ForgetHere();
            _entries.Clear();
        }
    }

    private sealed record Entry(SessionState? State, long Timestamp, int Generation);
}
