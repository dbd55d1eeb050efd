using System.Data.Common;
using Carafe.FastSqlite.Pooling;
using Carafe.FastSqlite.Telemetry;
using Microsoft.Data.Sqlite;

namespace Carafe.FastSqlite.Connections;

// Reads on the connections of the pool.
internal sealed partial class RoutingSqliteConnection
{
    /// <summary>Runs a read on a connection of the pool. A count that is known is not counted again.</summary>
    /// <param name="statement">What is known of the text. It has to run anywhere.</param>
    /// <param name="text">The statement.</param>
    /// <param name="hasParameters">Whether it has parameters.</param>
    /// <param name="state">What <paramref name="rent"/> is given.</param>
    /// <param name="rent">Takes the connection's prepared command, and gives it its parameters.</param>
    /// <param name="cancellationToken">Interrupts the statement.</param>
    public DbDataReader Read<TState>(
        Statement statement, string text, bool hasParameters, TState state, Func<PooledSqliteConnection, TState, SqliteCommand> rent,
        CancellationToken cancellationToken)
    {
        var pool = Shared!.Pool;
        var connection = pool.Rent();
        var isCount = statement.IsCount && !hasParameters;
        var moment = 0L;
        SqliteCommand command;
        try
        {
            if (isCount && Shared.Counts.Find(connection, text, out moment) is { } known)
            {
                pool.Return(connection);
                SqliteTelemetry.Counted(isKnown: true);
                return new BufferedDataReader(pool, RowCountCache.Column, known);
            }

            command = rent(connection, state);
        }
        catch
        {
            pool.Return(connection);
            throw;
        }

        var reader = new PooledDataReader(this, connection, command, statement, StatementInterrupt.For(connection.Handle!, cancellationToken), isLent: true);
        return isCount ? Count(reader, connection, text, moment) : reader;
    }

    private BufferedDataReader Count(PooledDataReader reader, PooledSqliteConnection connection, string text, long moment)
    {
        using (reader)
        {
            reader.Read();
            var count = reader.GetValue(0);
            SqliteTelemetry.Counted(isKnown: false);
            Shared!.Counts.Keep(connection, text, count, moment);
            return new BufferedDataReader(Shared.Pool, RowCountCache.Column, count);
        }
    }
}
