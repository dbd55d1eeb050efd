using System.Data;
using System.Data.Common;
using Carafe.FastSqlite.Pooling;
using Microsoft.Data.Sqlite;

namespace Carafe.FastSqlite.Connections;

/// <summary>
/// A context's command. A read outside transactions runs on a connection of the pool, a single write goes to the writer, what belongs to a transaction or to
/// the connection's own settings runs on the connection that is leased for it, and all else as the driver has it.
/// </summary>
internal sealed partial class RoutingSqliteCommand : SqliteCommand
{
    private readonly RoutingSqliteConnection _connection;
    private DbDataReader? _open;
    private Statement? _statement;

    public RoutingSqliteCommand(RoutingSqliteConnection connection)
    {
        _connection = connection;
        Connection = connection;
    }

    private enum Route
    {
        Driver,
        Pool,
        Writer,
        Own,
    }

    private SharedDatabase Shared => _connection.Shared!;

    public override void Prepare()
    {
        if (_connection.Shared is null || _connection.State != ConnectionState.Open)
        {
            base.Prepare();
        }
    }

    public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
    {
        if (_connection.Shared is null || Connection != _connection || _connection.State != ConnectionState.Open)
        {
            return base.ExecuteReader(behavior);
        }

        // The driver's reader is handed out as it is, and can't be taken to its end when the connection has something else to do.
        var kind = _connection.Classify(CommandText).Kind;
        var waits = kind == StatementEffect.Write && !_connection.IsInTransaction;
        if (waits)
        {
            Shared.Lock.Enter();
        }

        try
        {
            _connection.BeginOwn(CommandText, kind);
            return base.ExecuteReader(behavior);
        }
        finally
        {
            _connection.EndOwn(DataReader is not null);
            if (waits)
            {
                Shared.Lock.Leave();
            }
        }
    }

    public override int ExecuteNonQuery()
    {
        var route = Choose(CommandBehavior.Default);
        return route == Route.Driver ? RunByDriver(base.ExecuteNonQuery) : Affected(Execute(route));
    }

    public override object? ExecuteScalar()
    {
        var route = Choose(CommandBehavior.Default);
        return route == Route.Driver ? RunByDriver(base.ExecuteScalar) : Scalar(Execute(route));
    }

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var route = Choose(CommandBehavior.Default);
        return route == Route.Driver ? RunByDriver(base.ExecuteNonQuery) : Affected(await ExecuteAsync(route, cancellationToken));
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var route = Choose(CommandBehavior.Default);
        return route == Route.Driver ? RunByDriver(base.ExecuteScalar) : Scalar(await ExecuteAsync(route, cancellationToken));
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        var route = Choose(behavior);
        return route == Route.Driver ? ExecuteReader(behavior) : Execute(route);
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var route = Choose(behavior);
        return route == Route.Driver ? ExecuteReader(behavior) : await ExecuteAsync(route, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _open?.Dispose();
            _open = null;
        }

        base.Dispose(disposing);
    }

    private Route Choose(CommandBehavior behavior)
    {
        if (_connection.Shared is null || Connection != _connection || _connection.State != ConnectionState.Open || behavior != CommandBehavior.Default
            || _connection.MustFail(Transaction))
        {
            return Route.Driver;
        }

        if (_open is { IsClosed: false })
        {
            throw new InvalidOperationException("The command has an open reader: close it before the command is executed again.");
        }

        _statement = _connection.Classify(CommandText);
        return _statement.Kind switch
        {
            StatementEffect.Other => Route.Driver,
            StatementEffect.Read => _connection.IsLikeOthers && _statement.RunsAnywhere ? Route.Pool : Route.Own,
            _ => _connection.IsLikeOthers && _statement.IsSingle ? Route.Writer : Route.Own,
        };
    }

    private DbDataReader Execute(Route route)
    {
        switch (route)
        {
            case Route.Pool:
                return _open = Read(CancellationToken.None);
            case Route.Writer:
                return _open = Write();
            default:
                if (!WritesAlone())
                {
                    return _open = RunOnOwn(CancellationToken.None);
                }

                Shared.Lock.Enter();
                return _open = WriteAlone();
        }
    }

    private async ValueTask<DbDataReader> ExecuteAsync(Route route, CancellationToken cancellationToken)
    {
        switch (route)
        {
            case Route.Pool:
                return _open = Read(cancellationToken);
            case Route.Writer:
                return _open = await WriteAsync(cancellationToken);
            default:
                if (!WritesAlone())
                {
                    return _open = RunOnOwn(cancellationToken);
                }

                await Shared.Lock.EnterAsync(cancellationToken);
                return _open = WriteAlone();
        }
    }

    private T RunByDriver<T>(Func<T> run)
    {
        if (_connection.Shared is null || _connection.State != ConnectionState.Open)
        {
            return run();
        }

        _connection.BeginInside();
        try
        {
            return run();
        }
        finally
        {
            _connection.EndInside();
        }
    }

    private int Affected(DbDataReader reader)
    {
        reader.Close();
        _open = null;
        return reader.RecordsAffected;
    }

    private object? Scalar(DbDataReader reader)
    {
        using (reader)
        {
            _open = null;
            return reader.Read() ? reader.GetValue(0) : null;
        }
    }
}
