using System.Data.Common;
using Carafe.FastSqlite.Pooling;
using Carafe.FastSqlite.Telemetry;

namespace Carafe.FastSqlite.Connections;

// Where a command runs that is not left to the driver.
internal sealed partial class RoutingSqliteCommand
{
    private DbDataReader Read(CancellationToken cancellationToken) =>
        _connection.Read(_statement!, CommandText, Parameters.Count > 0, this, static (pooled, command) => pooled.Rent(command), cancellationToken);

    private BufferedDataReader Write()
    {
        LeaveToWriter();
        var span = SqliteTelemetry.Begin(_statement!.Summary, Shared.Name);
        try
        {
            var result = Shared.Writer.Write(this);
            SqliteTelemetry.End(span);
            return result;
        }
        catch (Exception exception)
        {
            SqliteTelemetry.End(span, exception);
            throw;
        }
    }

    private async ValueTask<BufferedDataReader> WriteAsync(CancellationToken cancellationToken)
    {
        LeaveToWriter();
        var span = SqliteTelemetry.Begin(_statement!.Summary, Shared.Name);
        try
        {
            var result = await Shared.Writer.WriteAsync(this, cancellationToken);
            SqliteTelemetry.End(span);
            return result;
        }
        catch (Exception exception)
        {
            SqliteTelemetry.End(span, exception);
            throw;
        }
    }

    private void LeaveToWriter()
    {
        _connection.Detach();
        _connection.HasWrittenElsewhere = true;
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
        return new PooledDataReader(_connection, own, own.Rent(this), _statement, interrupt, isLent: false);
    }
}
