using System.Data.Common;
using Carafe.FastSqlite.Pooling;

namespace Carafe.FastSqlite.Connections;

// Where a command runs that is not left to the driver.
internal sealed partial class RoutingSqliteCommand
{
    private DbDataReader Read(CancellationToken cancellationToken) =>
        _connection.Read(_statement!, CommandText, Parameters.Count > 0, this, static (pooled, command) => pooled.Rent(command), cancellationToken);

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
