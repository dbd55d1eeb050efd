using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Tasks.Storage;

/// <summary>Runs the statements of this package on contexts of the app. Each call has a context of its own unless it is given one.</summary>
internal sealed class TaskDatabase<TContext>(IServiceScopeFactory scopes, TaskClock clock) : TaskDatabase(clock)
    where TContext : DbContext
{
    public override async Task<T> WithAsync<T>(Func<DbContext, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TContext>());
    }
}

internal abstract class TaskDatabase(TaskClock clock)
{
    private const string ServerClock = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";

    /// <summary>
    /// Lets the transaction of this statement be committed on PostgreSQL without waiting for the disk. What it wrote is lost if the server itself crashes in
    /// the next moments: fit for a claim, after which it is made again beside the first run, and not for what is promised to anybody.
    /// </summary>
    public const string WithoutFlush = "set_config('synchronous_commit', 'off', true)";

    public TaskClock Clock => clock;

    public abstract Task<T> WithAsync<T>(Func<DbContext, Task<T>> work);

    public static bool IsPostgres(DbContext db) => db.Database.ProviderName == "Npgsql.EntityFrameworkCore.PostgreSQL";

    public static bool IsMySql(DbContext db) => db.Database.ProviderName == "Carafe.MySql";

    /// <summary>Returns the parameters of a list of ids. Their number is a power of two: few statements, which the database need not plan anew.</summary>
    public static (string Names, (string Name, object? Value)[] Values) In(IEnumerable<Guid> ids)
    {
        Guid[] all = [.. ids];
        var values = Enumerable.Range(0, (int)BitOperations.RoundUpToPowerOf2((uint)all.Length))
            .Select(at => (string.Create(CultureInfo.InvariantCulture, $"id{at}"), (object?)all[Math.Min(at, all.Length - 1)])).ToArray();
        return (string.Join(", ", values.Select(value => $"@{value.Item1}")), values);
    }

    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] values) =>
        WithAsync(db => ExecuteAsync(db, sql, cancellationToken, values));

    public Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken,
        params (string Name, object? Value)[] values) =>
        WithAsync(db => QueryAsync(db, sql, read, cancellationToken, values));

    public async Task<int> ExecuteAsync(DbContext db, string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] values)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(db, sql, values);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public async Task<List<T>> QueryAsync<T>(DbContext db, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken,
        params (string Name, object? Value)[] values)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(db, sql, values);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    // NOW is the clock of the database. On SQLite that is this machine's, and where a test has a clock, that one.
    [SuppressMessage("Security", "CA2100", Justification = "The statements are constants of this package; values are parameters.")]
    private DbCommand Command(DbContext db, string sql, (string Name, object? Value)[] values)
    {
        sql = IsMySql(db) ? MySqlTaskSql.Translate(sql) : sql;
        var asks = (IsPostgres(db) || IsMySql(db)) && clock.IsSystem;
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        var now = !asks ? "@now" : IsMySql(db) ? MySqlTaskSql.ServerClock : ServerClock;
        command.CommandText = sql.Replace("NOW()", now, StringComparison.Ordinal);
        if (!asks && sql.Contains("NOW()", StringComparison.Ordinal))
        {
            Add(command, "now", clock.Now);
        }

        foreach (var (name, value) in values)
        {
            Add(command, name, value);
        }

        return command;
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }
}
