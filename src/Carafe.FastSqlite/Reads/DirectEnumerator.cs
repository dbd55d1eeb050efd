using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Carafe.FastSqlite.Connections;
using Carafe.FastSqlite.Pooling;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using Microsoft.EntityFrameworkCore.Storage;

// EF Core marks its metrics experimental.
#pragma warning disable EF9101

namespace Carafe.FastSqlite.Reads;

/// <summary>
/// Reads the rows of a query as <see cref="SingleQueryingEnumerable{T}"/> does, step by step, but for what nobody sees: a command, its events, and a task for
/// each row of a database that never waits. Where somebody may see them, EF Core reads the rows.
/// </summary>
internal sealed class DirectEnumerator<T>(RelationalQueryContext context, DirectQuery<T> query, CancellationToken cancellationToken) : IAsyncEnumerator<T>
{
    private SingleQueryResultCoordinator _results = null!;
    private DbDataReader? _reader;
    private IAsyncEnumerator<T>? _byEf;
    private T _current = default!;
    private RoutingSqliteConnection? _connection;
    private IRelationalCommandTemplate _template = null!;
    private bool _isCommandReady;
    private int _use;

    public T Current => _byEf is null ? _current : _byEf.Current;

    /// <summary>Gets whether EF Core reads the rows. It is not known before the first.</summary>
    public bool IsLeftToEf => _byEf is not null;

    public ValueTask<bool> MoveNextAsync()
    {
        if (_byEf is not null)
        {
            return _byEf.MoveNextAsync();
        }

        if (_reader is null)
        {
            return query.IsFree(context) && context.Connection.DbConnection is RoutingSqliteConnection { Shared: not null } connection
                ? BeginAsync(connection)
                : BeginByEf().MoveNextAsync();
        }

        try
        {
            using var alone = query.ThreadSafetyChecksEnabled ? RowConcurrencyDetector.EnterRow(context.ConcurrencyDetector) : default;
            return new(Move(_reader));
        }
        catch (Exception exception)
        {
            return ThrowAsync(exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_byEf is not null)
        {
            return _byEf.DisposeAsync();
        }

        if (_reader is not { } reader)
        {
            return default;
        }

        _reader = null;
        reader.Dispose();
        // A context that went back to its pool meanwhile is somebody else's, who may have opened the connection.
        var closing = _connection!.Use == _use ? context.Connection.CloseAsync() : Task.FromResult(false);
        return closing.IsCompletedSuccessfully ? default : new(closing);
    }

    private IAsyncEnumerator<T> BeginByEf()
    {
        context.CancellationToken = cancellationToken;
        return _byEf = query.ByEf(context).GetAsyncEnumerator(cancellationToken);
    }

    private async ValueTask<bool> BeginAsync(RoutingSqliteConnection connection)
    {
        var isOpen = false;
        try
        {
            using var alone = EnterCriticalSection();
            _template = query.Template(context.Parameters);
            await context.Connection.OpenAsync(cancellationToken);
            isOpen = true;
            // Who saw it open may have set it up or begun a transaction, and SQLite may be asked what the statement does.
            if (_template.GetType() == typeof(RelationalCommand) && connection is { State: ConnectionState.Open, IsLikeOthers: true }
                && connection.Classify(_template.CommandText) is { Kind: StatementEffect.Read, RunsAnywhere: true } statement)
            {
                EntityFrameworkMetricsData.ReportQueryExecuting();
                var reader = await ExecuteAsync(connection, statement);
                (_reader, _connection, _use, _results) = (reader, connection, connection.Use, new());
                context.InitializeStateManager(query.StandAloneStateManager);
                return Move(reader);
            }
        }
        catch (Exception exception)
        {
            if (isOpen && _reader is null)
            {
                await context.Connection.CloseAsync();
            }

            Log(exception);
            throw;
        }

        try
        {
            return await BeginByEf().MoveNextAsync();
        }
        finally
        {
            await context.Connection.CloseAsync();
        }
    }

    private async ValueTask<DbDataReader> ExecuteAsync(RoutingSqliteConnection connection, Statement statement)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            return connection.Read(
                statement, _template.CommandText, _template.Parameters.Count > 0, this, static (pooled, rows) => rows.Rent(pooled), cancellationToken);
        }
        catch (Exception exception) when (_isCommandReady)
        {
            await LogCommandAsync(exception, Stopwatch.GetElapsedTime(started));
            throw;
        }
    }

    private SqliteCommand Rent(PooledSqliteConnection pooled)
    {
        _isCommandReady = false;
        var command = pooled.Rent(_template.CommandText);
        command.CommandTimeout = context.Connection.CommandTimeout ?? ((RoutingSqliteConnection)context.Connection.DbConnection).DefaultTimeout;
        var parameters = _template.Parameters;
        for (var number = 0; number < parameters.Count; number++)
        {
            parameters[number].AddDbParameter(command, context.Parameters);
        }

        _isCommandReady = true;
        return command;
    }

    private bool Move(DbDataReader reader)
    {
        if (!(_results.HasNext ?? Read(reader)))
        {
            _current = default!;
            return false;
        }

        // An element can be made of several rows: that of an entity with a list of others.
        while (true)
        {
            _results.HasNext = null;
            Shape(reader);
            if (_results.ResultReady)
            {
                _results.ResultContext.Values = null;
                return true;
            }

            if (_results.HasNext != true && !Read(reader))
            {
                _results.HasNext = false;
                Shape(reader);
                return true;
            }
        }
    }

    private void Shape(DbDataReader reader)
    {
        _results.ResultReady = true;
        _current = query.Shaper(context, reader, _results.ResultContext, _results);
    }

    private bool Read(DbDataReader reader)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new TaskCanceledException(message: null, innerException: null, cancellationToken);
        }

        return reader.Read();
    }

    private ConcurrencyDetectorCriticalSectionDisposer? EnterCriticalSection() =>
        query.ThreadSafetyChecksEnabled ? context.ConcurrencyDetector.EnterCriticalSection() : null;

    private async ValueTask<bool> ThrowAsync(Exception exception)
    {
        Log(exception);
        await Task.FromException(exception);
        return false;
    }

    private void Log(Exception exception)
    {
        if (context.ExceptionDetector.IsCancellation(exception, cancellationToken))
        {
            context.QueryLogger.QueryCanceled(query.ContextType);
        }
        else
        {
            context.QueryLogger.QueryIterationFailed(query.ContextType, exception);
        }
    }

    // EF Core's log has a failure with the command that it would have run.
    private async Task LogCommandAsync(Exception exception, TimeSpan duration)
    {
        var (connection, logger, id, started) = (context.Connection, context.CommandLogger, Guid.NewGuid(), TimeProvider.System.GetUtcNow() - duration);
        var given = new RelationalCommandParameterObject(connection, context.Parameters, null, context.Context, logger: null, CommandSource.LinqQuery);
        await using var command = _template.CreateDbCommand(given, id, DbCommandMethod.ExecuteReader);
        await (context.ExceptionDetector.IsCancellation(exception, cancellationToken)
            ? logger.CommandCanceledAsync(
                connection, command, _template.LogCommandText, context.Context, DbCommandMethod.ExecuteReader, id, connection.ConnectionId, started, duration,
                CommandSource.LinqQuery, cancellationToken)
            : logger.CommandErrorAsync(
                connection, command, _template.LogCommandText, context.Context, DbCommandMethod.ExecuteReader, id, connection.ConnectionId, exception, started,
                duration, CommandSource.LinqQuery, cancellationToken));
    }
}
