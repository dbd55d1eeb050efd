using System.Data.Common;
using Carafe.FastSqlite.Pooling;

namespace Carafe.FastSqlite.Connections;

// Where a command runs that is not left to the driver.
internal sealed partial class RoutingSqliteCommand
{
    private DbDataReader Read(CancellationToken cancellationToken)
    {
        var (pool, connection) = (Shared.Pool, Shared.Pool.Rent());
        var isCount = _statement!.IsCount && Parameters.Count == 0;
        var moment = 0L;
        if (isCount && Shared.Counts.Find(connection, CommandText, out moment) is { } known)
        {
            pool.Return(connection);
            return new BufferedDataReader(pool, RowCountCache.Column, known);
        }

        var interrupt = StatementInterrupt.For(connection.Handle!, cancellationToken);
        var reader = new PooledDataReader(_connection, connection, connection.Rent(this), interrupt, isLent: true);
        return isCount ? Count(reader, connection, moment) : reader;
    }

    private BufferedDataReader Count(PooledDataReader reader, PooledSqliteConnection connection, long moment)
    {
        using (reader)
        {
            reader.Read();
            var count = reader.GetValue(0);
            Shared.Counts.Keep(connection, CommandText, count, moment);
            return new BufferedDataReader(Shared.Pool, RowCountCache.Column, count);
        }
    }

    private bool WritesAlone() => !_connection.IsInTransaction && _statement!.Kind == StatementEffect.Write;

    // The lock is held. Several statements commit one by one as their results are read, so it is kept until then.
    private DbDataReader WriteAlone()
    {
        var keeps = false;
        try
        {
            _connection.CheckSnapshot();
            var reader = RunOnOwn(CancellationToken.None);
            if (!_statement!.IsSingle)
            {
                reader.Held = Shared.Lock;
                keeps = true;
                return reader;
            }

            using (reader)
            {
                return reader.ToBuffer();
            }
        }
        finally
        {
            if (!keeps)
            {
                Shared.Lock.Leave();
            }
        }
    }

    private PooledDataReader RunOnOwn(CancellationToken cancellationToken)
    {
        _connection.CheckLast(CommandText);
        var own = _connection.Own();
        // Interrupting a write would undo the transaction that it is part of.
        var interrupt = _statement!.Kind == StatementEffect.Read
            ? StatementInterrupt.For(own.Handle!, cancellationToken, _connection.RunsOneStatement)
            : null;
        return new PooledDataReader(_connection, own, own.Rent(this), interrupt, isLent: false);
    }
}
