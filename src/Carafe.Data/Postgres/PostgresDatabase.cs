using System.Data.Common;
using System.Globalization;
using System.Text;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>Represents a PostgreSQL database, or one with its protocol.</summary>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder connection, ILoggerFactory loggers) : Database
{
    private readonly NpgsqlDataSource _source = new NpgsqlDataSourceBuilder(connection.ToString()).UseLoggerFactory(loggers).Build();
    private readonly PostgresWatch _watch = new();
    private volatile bool _isFull;

    internal override string ConnectionString => _source.ConnectionString;

    public NpgsqlConnectionStringBuilder Settings => connection;

    public override void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(_source).AddInterceptors(new PostgresConnector(_watch));

    public override DatabaseError? Explain(DbException exception)
    {
        _isFull |= exception.SqlState == PostgresErrorCodes.DiskFull;
        return exception is NpgsqlException error ? PostgresErrors.Explain(error) : null;
    }

    /// <summary>
    /// Returns whether it can be connected to. Throws where it takes no writes: a standby serves reads, too, and so does a server whose host has made it
    /// read-only. After its disk was full it must also write a megabyte.
    /// </summary>
    public override async Task<bool> CanServeAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (!await base.CanServeAsync(context, cancellationToken))
        {
            return false;
        }

        if (await context.Database.SqlQueryRaw<bool>("SELECT current_setting('transaction_read_only')::bool AS \"Value\"").SingleAsync(cancellationToken))
        {
            throw new PostgresException("the server takes no writes", "ERROR", "ERROR", PostgresErrorCodes.ReadOnlySqlTransaction);
        }

        if (!_isFull)
        {
            return true;
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Database.ExecuteSqlRawAsync(
            "CREATE TEMPORARY TABLE carafe_room ON COMMIT DROP AS SELECT repeat('x', 1000) AS line FROM generate_series(1, 1000)", cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
        _isFull = false;
        return true;
    }

    public override string Describe(DbException exception) =>
        exception is NpgsqlException error && PostgresErrors.Advice(error) is { } advice ? $"{this}: {error.Message.TrimEnd('.')}. {advice}"
            : base.Describe(exception);

    public override string ToString() => connection.Host?.Contains(',', StringComparison.Ordinal) == true
        ? $"postgresql://{connection.Host}/{connection.Database}"
        : string.Create(CultureInfo.InvariantCulture, $"postgresql://{connection.Host}:{connection.Port}/{connection.Database}");

    public override Task ChangeSchemaAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken) =>
        PostgresSchema.ChangeAsync(context, change, cancellationToken);

    public override Task BackupAsync(string file, CancellationToken cancellationToken) => PostgresBackup.WriteAsync(connection, file, cancellationToken);

    public override Task<IReadOnlyList<string>> ReadBackupAsync(string file, CancellationToken cancellationToken) =>
        PostgresBackup.ReadAsync(connection, file, cancellationToken);

    public override Task RestoreAsync(string file, CancellationToken cancellationToken) => PostgresBackup.RestoreAsync(connection, file, cancellationToken);

    internal override Task<string?> VerifyBackupAsync(string file, CancellationToken cancellationToken) =>
        PostgresTrial.RunAsync(connection, file, cancellationToken);

    internal override Task<string?> FindRestoreObstacleAsync(CancellationToken cancellationToken) =>
        PostgresTrial.FindObstacleAsync(connection, cancellationToken);

    internal override Task<Func<Task>> BeginLoadAsync(MigrationRun run, CancellationToken cancellationToken) => PostgresLoad.BeginAsync(run, cancellationToken);

    internal override Task LoadAsync(MigrationRun run, TransferTable table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken) =>
        PostgresLoad.LoadAsync(run, table, rows, cancellationToken);

    internal override Task<long?> LastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, CancellationToken cancellationToken) =>
        PostgresLoad.LastKeyAsync(run, table, key, cancellationToken);

    internal override Task SetLastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, long last, CancellationToken cancellationToken) =>
        PostgresLoad.SetLastKeyAsync(run, table, key, last, cancellationToken);

    internal override Task EmptyAsync(DbContext context, CancellationToken cancellationToken) =>
        ChangeSchemaAsync(context, async () => await (await MigrationRun.OnAsync(context, cancellationToken))
            .ExecuteAsync(PostgresClean.Sql, cancellationToken), cancellationToken);

    internal override bool IsLocked(DbException exception) => exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    internal override Task<bool> HasTablesAsync(DbContext context, CancellationToken cancellationToken) =>
        PostgresSchema.HasTablesAsync(context, cancellationToken);

    internal override Task RunStepAsync(MigrationRun run, StepContent step, CancellationToken cancellationToken) =>
        PostgresSchema.RunsWithoutTransaction(step) ? new PostgresConcurrentStep(run, step).RunAsync(cancellationToken)
            : new PostgresSteps(run, step).RunAsync(cancellationToken);

    internal override Task<ScriptWriter> BeginScriptAsync(DbContext context, StringBuilder script, CancellationToken cancellationToken)
    {
        script.AppendLine("\\set ON_ERROR_STOP on").AppendLine("SET TIME ZONE 'UTC';");
        return base.BeginScriptAsync(context, script, cancellationToken);
    }

    internal override bool RunsWithoutTransaction(StepContent step) => PostgresSchema.RunsWithoutTransaction(step);

    internal override async Task<LiveTables?> ReadSchemaAsync(DbContext context, CancellationToken cancellationToken) =>
        await PostgresTables.ReadAsync(await MigrationRun.OnAsync(context, cancellationToken), cancellationToken);

    internal override async Task<bool> IsSameDefaultAsync(DbContext context, string type, string one, string other, CancellationToken cancellationToken) =>
        (await (await MigrationRun.OnAsync(context, cancellationToken))
            .QueryAsync($"SELECT CAST(({one}) AS {type}) IS NOT DISTINCT FROM CAST(({other}) AS {type})", cancellationToken))[0][0] is true;

    public override async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _source.DisposeAsync();
        await base.DisposeAsync();
    }
}
