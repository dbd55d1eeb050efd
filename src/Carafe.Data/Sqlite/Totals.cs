namespace Carafe.Data.Sqlite;

/// <summary>
/// How many rows lists have, for as long as nothing is written. SQLite keeps no counts: each costs a walk over an index, while asking a connection whether anything has changed
/// costs next to nothing. A count is good until a connection says that something has changed since it was asked last, or has never been asked.
/// </summary>
internal sealed class Totals(ConnectionPool pool)
{
    // An app has fewer lists than this.
    private const int Capacity = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<object, long> _known = [];
    private long _moment;

    /// <summary>The count of this list, if nothing was written since.</summary>
    /// <param name="list">The list.</param>
    /// <param name="total">The count.</param>
    /// <param name="moment">What to give <see cref="Keep"/> with a count that is made after this said no.</param>
    public bool TryGet(object list, out long total, out long moment)
    {
        var connection = pool.Rent();
        var version = connection.Version();
        lock (_lock)
        {
            if (version is null || version != connection.Seen)
            {
                connection.Seen = version;
                _known.Clear();
                _moment++;
            }

            moment = _moment;
            pool.Return(connection);
            return _known.TryGetValue(list, out total);
        }
    }

    /// <summary>Keeps a count, unless somebody has seen a write since. One that nobody has seen yet makes it out of date at the next look.</summary>
    public void Keep(object list, long total, long moment)
    {
        lock (_lock)
        {
            if (moment == _moment && _known.Count < Capacity)
            {
                _known[list] = total;
            }
        }
    }
}
