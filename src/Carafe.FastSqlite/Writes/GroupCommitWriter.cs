using System.Diagnostics.CodeAnalysis;
using Carafe.FastSqlite.Pooling;
using Carafe.FastSqlite.Telemetry;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Writes;

/// <summary>
/// The writer of the statements that need no transaction of their own. Those that wait together are committed together, and so share the flush to disk, which
/// costs more than they do. It works while there is work, on a thread of the pool, and adds no delay: who comes alone is committed alone.
/// </summary>
internal sealed class GroupCommitWriter(WriteLock writeLock, SqliteConnectionPool pool) : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int MostAtOnce = 256;

    private readonly Lock _lock = new();
    private readonly Queue<PendingWrite> _waiting = [];
    private readonly List<PendingWrite> _batch = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _working;
    private bool _ending;

    public Task<BufferedDataReader> WriteAsync(SqliteCommand command, CancellationToken cancellationToken)
    {
        var job = new PendingWrite(command, pool, cancellationToken);
        bool idle;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ending, this);
            _waiting.Enqueue(job);
            SqliteTelemetry.Queued();
            idle = !_working;
            _working = true;
        }

        if (idle)
        {
            Start();
        }

        return job.Task;
    }

    /// <summary>Runs a write here and now, for a caller that does not wait asynchronously: many of those would leave the writer no thread to work on.</summary>
    public BufferedDataReader Write(SqliteCommand command)
    {
        writeLock.Enter();
        try
        {
            var connection = pool.Rent();
            var write = new PendingWrite(command, pool, CancellationToken.None);
            write.Run(connection);
            GiveBack(connection, write.FoundItReadOnly);
            return write.Result();
        }
        finally
        {
            writeLock.Leave();
        }
    }

    /// <summary>A batch. Those who came meanwhile are left to the next.</summary>
    public void Execute() => _ = WorkAsync();

    /// <summary>Lets those who wait have their turn first.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _ending = true;
            if (!_working)
            {
                _ended.TrySetResult();
            }
        }

        await _ended.Task;
    }

    // Behind what is ready to run: it may bring more to write.
    private void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private async Task WorkAsync()
    {
        if (await writeLock.TryEnterAsync(Oldest()!.Since))
        {
            try
            {
                Take();
                Commit();
            }
            finally
            {
                writeLock.Leave();
            }
        }
        else
        {
            Expire();
        }

        _batch.ForEach(static job => job.Complete());
        _batch.Clear();
        if (Oldest() is not null)
        {
            Start();
        }
    }

    /// <summary>Who waits longest. If nobody does, the work is over.</summary>
    private PendingWrite? Oldest()
    {
        lock (_lock)
        {
            if (_waiting.TryPeek(out var oldest))
            {
                return oldest;
            }

            _working = false;
            if (_ending)
            {
                _ended.TrySetResult();
            }

            return null;
        }
    }

    private void Take()
    {
        lock (_lock)
        {
            while (_batch.Count < MostAtOnce && _waiting.TryDequeue(out var job))
            {
                SqliteTelemetry.Unqueued();
                if (job.Begin())
                {
                    _batch.Add(job);
                }
            }
        }
    }

    private void Expire()
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out var job) && writeLock.IsLate(job.Since))
            {
                _waiting.Dequeue();
                SqliteTelemetry.Unqueued();
                if (job.Begin())
                {
                    job.Fail(writeLock.Locked());
                    _batch.Add(job);
                }
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Each job is answered, whatever happens.")]
    private void Commit()
    {
        PooledSqliteConnection? connection = null;
        try
        {
            connection = pool.Rent();
            if (_batch.Count == 1 || !TryTogether(connection))
            {
                // Without BEGIN each commits by itself.
                _batch.ForEach(job => job.Run(connection));
            }

            SqliteTelemetry.Committed(_batch.Count);
            GiveBack(connection, _batch.Exists(static job => job.FoundItReadOnly));
        }
        catch (Exception error)
        {
            connection?.Dispose();
            _batch.ForEach(job => job.Fail(error));
        }
    }

    // A connection that was opened when the file could not be written stays so.
    private void GiveBack(PooledSqliteConnection connection, bool isReadOnly)
    {
        if (isReadOnly)
        {
            connection.Dispose();
        }
        else
        {
            pool.Return(connection);
        }
    }

    /// <summary>Whether all that did not fail alone is committed. If not, nothing is.</summary>
    private bool TryTogether(PooledSqliteConnection connection)
    {
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var job in _batch)
        {
            // SQLite undoes a statement that fails, and keeps the others; unless it is so bad, or the statement says so, that it ends the transaction.
            job.Run(connection);
            if (!connection.HasBegun)
            {
                return false;
            }

            // Alone it could not be committed like this, and the ones to come must not make it good.
            if (connection.HasOpenReferences)
            {
                connection.Execute("ROLLBACK");
                return false;
            }
        }

        try
        {
            connection.Execute("COMMIT");
            return true;
        }
        catch (SqliteException error) when (error.SqliteErrorCode != SQLITE_BUSY)
        {
            if (connection.HasBegun)
            {
                connection.Execute("ROLLBACK");
            }

            return false;
        }
    }
}
