namespace Carafe.FastSqlite.Pooling;

/// <summary>
/// How many rows tables have, for as long as nothing is written. SQLite keeps no counts: each costs a walk over an index, while asking a connection whether
/// anything has changed costs next to nothing. A count is good until a connection says that something has changed since it was asked last, or has never been
/// asked.
/// </summary>
internal sealed class RowCountCache
{
    // An app has fewer lists than this.
    private const int Capacity = 200;

    /// <summary>What SQLite calls the column of a count.</summary>
    public const string Column = "COUNT(*)";

    private const string Start = "SELECT COUNT(*)\n";

    // With these a count has several rows, or is of something else than a table's rows.
    private static readonly string[] _others = ["GROUP BY", "HAVING", "UNION", "INTERSECT", "EXCEPT", "LIMIT", "CURRENT_"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, object> _known = [];
    private long _moment;

    /// <summary>Whether this is a count that nothing but rows decides, if it has no parameters: it is one row, with no function or subquery.</summary>
    public static bool IsCount(string text) =>
        text.StartsWith(Start, StringComparison.Ordinal) && text.AsSpan(Start.Length).IndexOfAny("(;@$?") < 0
        && !Array.Exists(_others, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds a count, if nothing was written since.</summary>
    /// <param name="connection">The connection that is asked.</param>
    /// <param name="text">The statement.</param>
    /// <param name="moment">What to give <see cref="Keep"/> with a count that is made after this found none.</param>
    public object? Find(PooledSqliteConnection connection, string text, out long moment)
    {
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
            return _known.GetValueOrDefault(text);
        }
    }

    /// <summary>Keeps a count, unless a write was seen since. One that was not seen yet makes it out of date at the next look.</summary>
    public void Keep(PooledSqliteConnection connection, string text, object count, long moment)
    {
        // What a view counts can depend on the clock.
        if (HasView(connection, text))
        {
            return;
        }

        lock (_lock)
        {
            if (moment == _moment && _known.Count < Capacity)
            {
                _known[text] = count;
            }
        }
    }

    private static bool HasView(PooledSqliteConnection connection, string text)
    {
        var command = connection.Rent(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND instr($text, '\"' || replace(name, '\"', '\"\"') || '\"') > 0");
        try
        {
            command.Parameters.AddWithValue("$text", text);
            return command.ExecuteScalar() is not 0L;
        }
        finally
        {
            connection.Return(command);
        }
    }
}
