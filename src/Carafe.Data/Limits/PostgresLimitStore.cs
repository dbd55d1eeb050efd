using Npgsql;
using NpgsqlTypes;

namespace Carafe.Data.Limits;

/// <summary>
/// Keeps the counts in a table that is not logged, by one statement for a decision. It has connections of its own: a request that waits for the app's
/// would wait to be counted.
/// </summary>
internal sealed class PostgresLimitStore(string connection) : ILimitStore, IAsyncDisposable
{
    private const int MicrosecondTicks = 10;

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
    {
        MaxPoolSize = 8,
        CommandTimeout = 2,
        MaxAutoPrepare = 8,
        AutoPrepareMinUsages = 1,
    });

    private readonly SemaphoreSlim _creating = new(1);
    private long _pruned = TimeProvider.System.GetTimestamp();
    private volatile bool _isThere;

    public async ValueTask<bool> TakeAsync(ReadOnlyMemory<LimitTake> takes, Memory<LimitState> states, CancellationToken cancellationToken)
    {
        var all = takes.ToArray();
        await using var open = await OpenAsync(cancellationToken);
        await using var command = Command(open, LimitSql.Take, all);
        command.Parameters.Insert(2, Parameter(NpgsqlDbType.Integer, all.Select(take => take.Limit.Count).ToArray()));
        command.Parameters.Insert(3, Parameter(NpgsqlDbType.Bigint, all.Select(take => take.Limit.Window.Ticks / MicrosecondTicks).ToArray()));
        var (allowed, at) = (false, 0);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                allowed = reader.GetBoolean(0);
                states.Span[at++] = new LimitState(reader.GetInt32(1), Time(reader.GetInt64(2)), Time(reader.GetInt64(3)), reader.GetInt64(4));
            }
        }

        await PruneAsync(open, cancellationToken);
        return allowed;
    }

    public async ValueTask ReturnAsync(ReadOnlyMemory<LimitTake> takes, ReadOnlyMemory<LimitState> states, CancellationToken cancellationToken)
    {
        await using var open = await OpenAsync(cancellationToken);
        await using var command = Command(open, LimitSql.Return, takes.ToArray());
        command.Parameters.Add(Parameter(NpgsqlDbType.Bigint, states.ToArray().Select(state => state.Stamp).ToArray()));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _creating.Dispose();
        await _source.DisposeAsync();
    }

    private static TimeSpan Time(long microseconds) => new(microseconds * MicrosecondTicks);

    // Keys, kinds, intervals and costs; intervals round up to microseconds, never faster than the limit.
    private static NpgsqlCommand Command(NpgsqlConnection open, string sql, LimitTake[] takes)
    {
        var command = new NpgsqlCommand(sql, open);
        command.Parameters.Add(Parameter(NpgsqlDbType.Text, takes.Select(take => $"{take.Limit.Scope}:{take.Key}").ToArray()));
        command.Parameters.Add(Parameter(NpgsqlDbType.Text, takes.Select(take => take.Limit.Scope[^1..]).ToArray()));
        command.Parameters.Add(Parameter(NpgsqlDbType.Bigint,
            takes.Select(take => (take.Limit.Interval + MicrosecondTicks - 1) / MicrosecondTicks).ToArray()));
        command.Parameters.Add(Parameter(NpgsqlDbType.Integer, takes.Select(take => take.Cost).ToArray()));
        return command;
    }

    private static NpgsqlParameter Parameter(NpgsqlDbType type, object value) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = value };

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var open = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            if (!_isThere)
            {
                await CreateAsync(open, cancellationToken);
            }

            return open;
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    private async Task CreateAsync(NpgsqlConnection open, CancellationToken cancellationToken)
    {
        await _creating.WaitAsync(cancellationToken);
        try
        {
            await using var known = new NpgsqlCommand(LimitSql.IsThere, open);
            if (await known.ExecuteScalarAsync(cancellationToken) is not true)
            {
                // Of several replicas that start at once, one makes it.
                await using var create = new NpgsqlCommand($"BEGIN; SELECT pg_advisory_xact_lock(7214058309127); {LimitSql.Create} COMMIT;", open);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }

            _isThere = true;
        }
        finally
        {
            _creating.Release();
        }
    }

    // By one request a minute; a table that nobody uses does not grow.
    private async Task PruneAsync(NpgsqlConnection open, CancellationToken cancellationToken)
    {
        var last = Interlocked.Read(ref _pruned);
        if (TimeProvider.System.GetElapsedTime(last) > PruneInterval
            && Interlocked.CompareExchange(ref _pruned, TimeProvider.System.GetTimestamp(), last) == last)
        {
            await using var prune = new NpgsqlCommand(LimitSql.Prune, open);
            await prune.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
