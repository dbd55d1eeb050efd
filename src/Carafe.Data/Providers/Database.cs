using System.Data;
using System.Data.Common;
using System.Text;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data;

/// <summary>Represents one database of the app, as its provider opened it.</summary>
public abstract class Database : IAsyncDisposable
{
    // The database in which a backup is restored on trial has the app's name with this.
    internal const string TrialSuffix = "_carafe_trial";

    /// <summary>Sets EF's provider and its configuration on the options of every context.</summary>
    /// <param name="options">The options.</param>
    public abstract void Configure(DbContextOptionsBuilder options);

    /// <summary>Maps an error of the database to an error for the caller. Null means that it is a bug: 500.</summary>
    /// <param name="exception">The driver's exception.</param>
    public abstract DatabaseError? Explain(DbException exception);

    /// <summary>
    /// Returns whether the database can serve the app, for the health check <c>database</c>. Unless overridden: whether it can be connected to.
    /// </summary>
    /// <param name="context">A context of the app.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DbException">It cannot, and this is why.</exception>
    public virtual Task<bool> CanServeAsync(DbContext context, CancellationToken cancellationToken) => context.Database.CanConnectAsync(cancellationToken);

    /// <summary>
    /// Runs a change of the schema so that no other process changes it meanwhile, and none is locked out for good when this one is killed. Default: just
    /// runs it.
    /// </summary>
    /// <param name="context">The context whose connection changes the schema.</param>
    /// <param name="change">The change. It begins a transaction for each migration unless there is one already.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public virtual Task ChangeSchemaAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken) => change();

    /// <summary>Returns whether a statement of a migration is skipped, because <see cref="ChangeSchemaAsync"/> does its work. Default: false.</summary>
    /// <param name="sql">The statement.</param>
    public virtual bool SkipsInMigration(string sql) => false;

    /// <summary>Writes a copy of the database that is consistent while others write, and only if it is complete.</summary>
    /// <param name="file">The file to write, which must not exist.</param>
    /// <param name="cancellationToken">Stops it; no file is left.</param>
    /// <exception cref="CommandException">It cannot be done; the message says why.</exception>
    public virtual Task BackupAsync(string file, CancellationToken cancellationToken) =>
        throw new CommandException($"'{this}' has no backup command here. Use the tools of the database.");

    /// <summary>Reads which migrations a backup has, so that one of another app or of a newer build can be refused.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">The file is not a whole backup; the message says why.</exception>
    public virtual Task<IReadOnlyList<string>> ReadBackupAsync(string file, CancellationToken cancellationToken) =>
        throw new CommandException($"'{this}' has no restore command here.");

    /// <summary>Replaces the content of the database by a backup, all of it or nothing.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">It cannot be done; the message says why, and the data is as it was.</exception>
    public virtual Task RestoreAsync(string file, CancellationToken cancellationToken) => throw new CommandException($"'{this}' has no restore command here.");

    /// <summary>Describes in one line why the database cannot be used, for commands and the log.</summary>
    /// <param name="exception">The driver's exception.</param>
    public virtual string Describe(DbException exception) => $"{this}: {exception.Message}";

    /// <summary>Returns the name of the database for messages: no user, no password.</summary>
    public abstract override string ToString();

    // What is wrong with the database as a whole; null where nothing is, or nobody can tell.
    internal virtual DatabaseTrouble? FindTrouble() => null;

    // What an error says of the database as a whole.
    internal DatabaseTrouble TroubleOf(DbException exception) => new(
        Explain(exception)?.Kind == DatabaseErrorKind.Damaged ? DatabaseTroubleKind.Damaged : DatabaseTroubleKind.Unavailable, Describe(exception));

    // Restores a backup beside the database, and returns why it could only be read to its end; null where it was restored.
    internal virtual async Task<string?> VerifyBackupAsync(string file, CancellationToken cancellationToken)
    {
        await ReadBackupAsync(file, cancellationToken);
        return await FindRestoreObstacleAsync(cancellationToken);
    }

    // Why backups could not be restored beside the database; null where they can.
    internal virtual Task<string?> FindRestoreObstacleAsync(CancellationToken cancellationToken) =>
        Task.FromResult<string?>($"'{this}' cannot restore a backup beside itself.");

    // Moves a damaged database out of the way of a restore, and returns where it is; null where nothing is damaged.
    internal virtual Task<string?> MoveDamagedAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    // Whether what is written now would be lost. Asked before each request that may write.
    internal virtual bool IsGone() => false;

    /// <summary>Gets the connection string that connections of contexts show; null where it is not known.</summary>
    internal virtual string? ConnectionString => null;

    // Who opened it.
    internal DatabaseProvider? Provider { get; set; }

    // What to say where there is no database yet, without making one; null where there is, or only asking would tell.
    internal virtual string? Missing => null;

    // Whether a column of another declared type keeps the values of the model's all the same.
    internal virtual bool Keeps(IColumn column, string? declared) => false;

    // A constant of a migration as the app's contexts store it here, whatever the migration's own model knows of it.
    internal virtual object Store(object value) => value;

    // A connection whose rows stay as they are while others write; the context's own where there is nothing better.
    internal virtual async Task<Snapshot> OpenSnapshotAsync(DbContext context, CancellationToken cancellationToken)
    {
        var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        return new Snapshot(context.Database.GetDbConnection(), transaction.GetDbTransaction(), transaction);
    }

    // Takes away what would check each row while many are written, and returns what brings it back.
    internal virtual Task<Func<Task>> BeginLoadAsync(MigrationRun run, CancellationToken cancellationToken) =>
        throw new CommandException($"Rows cannot be copied to '{this}' here.");

    // Writes rows as fast as the database takes them.
    internal virtual Task LoadAsync(MigrationRun run, TransferTable table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken) =>
        throw new CommandException($"Rows cannot be copied to '{this}' here.");

    // The last number given out for a generated key, and the next one.
    internal virtual Task<long?> LastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(null);

    internal virtual Task SetLastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, long last, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    // Empties the database of everything, for 'db reset'.
    internal virtual Task EmptyAsync(DbContext context, CancellationToken cancellationToken) =>
        throw new CommandException($"'{this}' has no reset command here. Drop the database, and run 'db upgrade'.");

    // Whether an error means that somebody else holds a lock, so that the step may be tried again.
    internal virtual bool IsLocked(DbException exception) => false;

    // Whether the schema that the app works in has tables.
    internal virtual Task<bool> HasTablesAsync(DbContext context, CancellationToken cancellationToken) =>
        context.GetService<IRelationalDatabaseCreator>().HasTablesAsync(cancellationToken);

    // Runs the operations of a step of a migration, or writes them down.
    internal virtual async Task RunStepAsync(MigrationRun run, StepContent step, CancellationToken cancellationToken)
    {
        var options = run.IsScript ? MigrationsSqlGenerationOptions.Script : MigrationsSqlGenerationOptions.Default;
        foreach (var command in run.Context.GetService<IMigrationsSqlGenerator>().Generate(step.Operations, step.To, options)
            .Where(command => !SkipsInMigration(command.CommandText)))
        {
            await run.ExecuteAsync(command.CommandText, cancellationToken);
        }
    }

    // Corrects values that migrations of older versions of the kit wrote wrongly, and returns their columns.
    internal virtual Task<IReadOnlyList<string>> CorrectDataAsync(MigrationRun run, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    // Begins a script: makes the tools of the database stop at an error, and names where the statements go.
    internal virtual Task<ScriptWriter> BeginScriptAsync(DbContext context, StringBuilder script, CancellationToken cancellationToken) =>
        Task.FromResult(new ScriptWriter(new MigrationRun(context, null, null, script)));

    // Whether a step has statements that no transaction can hold.
    internal virtual bool RunsWithoutTransaction(StepContent step) => false;

    // The tables that the database has; null where the provider cannot tell.
    internal virtual Task<LiveTables?> ReadSchemaAsync(DbContext context, CancellationToken cancellationToken) => Task.FromResult(LiveTables.Read(context));

    // Whether two expressions of a column's default mean one value.
    internal virtual Task<bool> IsSameDefaultAsync(DbContext context, string type, string one, string other, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    /// <summary>Releases what the database holds beside its contexts. Default: nothing.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Lists the kinds of database errors.</summary>
public enum DatabaseErrorKind
{
    /// <summary>A unique index or primary key is violated: 409.</summary>
    Unique,

    /// <summary>A foreign key is violated: 409.</summary>
    ForeignKey,

    /// <summary>A check constraint is violated: 422.</summary>
    Check,

    /// <summary>The database cannot be reached or cannot take this now: 503 with Retry-After.</summary>
    Unavailable,

    /// <summary>A value that this database cannot store, such as a NUL character in PostgreSQL's text: 400.</summary>
    Value,

    /// <summary>The database contradicts itself: 500 with the reason <c>database_damaged</c>. Trying again does not help.</summary>
    Damaged,
}

/// <summary>Describes an error of the database in terms that hold for every database.</summary>
/// <param name="Kind">What kind.</param>
public sealed record DatabaseError(DatabaseErrorKind Kind)
{
    // Somebody else is at work, and the database is well.
    internal bool IsBusy { get; init; }

    /// <summary>Gets the table, if the driver reports it.</summary>
    public string? Table { get; init; }

    /// <summary>Gets the columns of the violated index, if the driver reports them.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Gets the name of the violated index or constraint, if the driver reports it.</summary>
    public string? Constraint { get; init; }
}
