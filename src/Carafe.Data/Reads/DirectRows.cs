using System.Collections;
using System.Data.Common;
using Carafe.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using static SQLitePCL.raw;

// What EF makes of a query is marked internal by it, and its metrics experimental.
#pragma warning disable EF1001, EF9101

namespace Carafe.Data.Reads;

/// <summary>
/// The rows of a query on SQLite, without EF's commands between the query and the statement. What they are for is not needed here: retries, buffering, interceptors, logs
/// and a task for each row of a database that never waits.
/// </summary>
internal sealed class DirectRows<T>(RelationalQueryContext context, ReadPlan<T> plan) : IAsyncEnumerable<T>, IEnumerable<T>, IRelationalQueryingEnumerable
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        context.CancellationToken = cancellationToken;
        return plan.IsFree(context) ? new Enumerator(context, plan) : plan.ByEf(context).GetAsyncEnumerator(cancellationToken);
    }

    public IEnumerator<T> GetEnumerator() => plan.ByEf(context).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public DbCommand CreateDbCommand() => plan.ByEf(context).CreateDbCommand();

    public string ToQueryString() => plan.ByEf(context).ToQueryString();

    private sealed class Enumerator(RelationalQueryContext context, ReadPlan<T> plan) : IAsyncEnumerator<T>, IOpenRead
    {
        private readonly SingleQueryResultCoordinator _results = new();
        private ContextConnection? _connection;
        private LastingConnection? _lent;
        private SqliteCommand? _command;
        private SqliteDataReader? _driver;
        private DbDataReader? _reader;
        private CancellationTokenRegistration _cancel;
        private IAsyncEnumerator<T>? _byEf;
        private bool _shaping;
        private bool _abandoned;

        public T Current { get; private set; } = default!;

        public bool IsOpen => _driver is { IsClosed: false };

        public ValueTask<bool> MoveNextAsync()
        {
            ObjectDisposedException.ThrowIf(_abandoned, this);
            if (_byEf is not null)
            {
                return MoveByEfAsync();
            }

            try
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                if (_reader is null)
                {
                    using var alone = plan.ChecksThreads ? context.ConcurrencyDetector.EnterCriticalSection() : (ConcurrencyDetectorCriticalSectionDisposer?)null;
                    if (!TryExecute())
                    {
                        _byEf = plan.ByEf(context).GetAsyncEnumerator(context.CancellationToken);
                        return MoveByEfAsync();
                    }
                }

                return new(Move());
            }
            catch (Exception fault)
            {
                if (context.ExceptionDetector.IsCancellation(fault, context.CancellationToken))
                {
                    context.QueryLogger.QueryCanceled(plan.ContextType);
                }
                else
                {
                    context.QueryLogger.QueryIterationFailed(plan.ContextType, fault);
                }

                throw;
            }
        }

        public ValueTask DisposeAsync()
        {
            End();
            return _byEf?.DisposeAsync() ?? default;
        }

        private async ValueTask<bool> MoveByEfAsync()
        {
            var found = await _byEf!.MoveNextAsync();
            Current = found ? _byEf.Current : default!;
            return found;
        }

        private bool TryExecute()
        {
            var template = plan.Template(context.Parameters);
            if (!plan.RunsAnywhere(template.CommandText))
            {
                return false;
            }

            EntityFrameworkMetricsData.ReportQueryExecuting();
            _connection = (ContextConnection)context.Connection.DbConnection;
            foreach (var observer in _connection.Observers!)
            {
                observer.Reading(template.CommandText);
            }

            _lent = _connection.Borrow();
            _connection.Reads(this);
            _command = _lent.Rent(template.CommandText);
            _command.CommandTimeout = context.Connection.CommandTimeout ?? _connection.DefaultTimeout;
            foreach (var parameter in template.Parameters)
            {
                parameter.AddDbParameter(_command, context.Parameters);
            }

            if (context.CancellationToken.CanBeCanceled)
            {
                _cancel = context.CancellationToken.UnsafeRegister(static handle => sqlite3_interrupt((SQLitePCL.sqlite3)handle!), _lent.Handle);
            }

            try
            {
                _driver = _command.ExecuteReader();
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == SQLITE_ERROR)
            {
                // It may mean what only the context's connection has (a function, an attached database), and if not, fails again.
                End();
                return false;
            }

            _reader = new StatementReader(_driver);
            context.InitializeStateManager(plan.StandsAlone);
            return true;
        }

        // A row of the answer can be made of several rows of the statement: that of an entity with a list of others.
        private bool Move()
        {
            if (!(_results.HasNext ?? _reader!.Read()))
            {
                Current = default!;
                return false;
            }

            while (true)
            {
                _results.HasNext = null;
                Shape();
                if (_results.ResultReady)
                {
                    _results.ResultContext.Values = null;
                    return true;
                }

                if (_results.HasNext != true && !_reader!.Read())
                {
                    _results.HasNext = false;
                    Shape();
                    return true;
                }
            }
        }

        private void Shape()
        {
            _results.ResultReady = true;
            _shaping = true;
            Current = plan.Shaper(context, _reader!, _results.ResultContext, _results);
            _shaping = false;
        }

        public void Finish()
        {
            if (_driver is null || _shaping)
            {
                return;
            }

            // It may have read one row too far, to see where a list of others ends.
            var rest = BufferedReader.Read(_driver, _connection!.Pool, withCurrent: _results.HasNext == true);
            End();
            _reader = rest;
        }

        public void Abandon()
        {
            _abandoned = true;
            End();
        }

        private void End()
        {
            _cancel.Dispose();
            _reader?.Dispose();
            _driver?.Dispose();
            if (_command is not null)
            {
                _lent!.Return(_command);
            }

            if (_lent is not null)
            {
                _connection!.HasRead(this);
                _connection.GiveBack(_lent);
            }

            // The reader as well: its statement may be another's by now.
            (_driver, _reader, _command, _lent) = (null, null, null, null);
        }
    }
}
