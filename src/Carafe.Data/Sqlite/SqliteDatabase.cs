using System.Data.Common;
using System.Globalization;
using System.Text;
using Carafe.Data.Providers;
using Carafe.Data.Sqlite.Rebuild;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>A SQLite file, or a database in memory that lives as long as the app.</summary>
internal sealed class SqliteDatabase : Database
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // For so long a write that went well proves that the next one would: whoever asks for readiness in a loop costs no more than a write a second.
    private static readonly TimeSpan Proof = TimeSpan.FromSeconds(1);

    private readonly SqliteConnectionStringBuilder _connection;
    private readonly SqliteConnection? _keepAlive;
    private readonly FastSqliteOptions? _fast;
    private readonly SqliteSetup _setup;
    private readonly ILogger? _logger;
    private readonly SqliteFileWatch? _watch;
    private long _proven = long.MinValue / 2;

    public SqliteDatabase(string? path, string synchronous, bool fast = true, ILogger? logger = null)
    {
        _logger = logger;
        _connection = new SqliteConnectionStringBuilder
        {
            // The memdb file system shares a database between the connections of a process, with SQLite's ordinary locks.
            DataSource = path ?? $"file:/carafe-{Guid.NewGuid():N}?vfs=memdb",
            // A file that was moved away is not made again, without its tables: SqliteSetup makes it when it is opened first.
            Mode = path is null ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            ForeignKeys = true,
            // The driver's pool would hand a pragma or a temporary table of one request to the next.
            Pooling = false,
            DefaultTimeout = (int)Patience.TotalSeconds,
        };
        ConnectionString = _connection.ToString();
        Path = path;
        _watch = path is null ? null : new SqliteFileWatch(path, TimeProvider.System);
        _setup = new SqliteSetup(Pragmas(synchronous), path, _watch);
        _fast = fast ? new FastSqliteOptions { ConnectionSetup = _setup.Pragmas, DefineFunctions = SqliteDecimals.Register } : null;
        if (path is null)
        {
            _keepAlive = new SqliteConnection(_connection.ToString());
            _keepAlive.Open();
        }
    }

    /// <summary>The file, or null for a database in memory.</summary>
    public string? Path { get; }

    internal override string ConnectionString { get; }

    public override void Configure(DbContextOptionsBuilder options)
    {
        options.UseSqlite(ConnectionString).AddInterceptors(_setup);
        if (_fast is not null)
        {
            options.UseFastSqlite(_fast);
        }
    }

    public override DatabaseError? Explain(DbException exception)
    {
        if (exception is not SqliteException error)
        {
            return null;
        }

        if (error.SqliteErrorCode is SQLITE_BUSY or SQLITE_LOCKED)
        {
            _logger?.LogWarning("{Database} was kept by another writer for too long: {Reason}", this, error.Message);
        }

        return SqliteErrors.Explain(error);
    }

    public override string ToString() => Path ?? ":memory:";

    public override string Describe(DbException exception) =>
        exception is SqliteException error && SqliteErrors.Advice(this, Path, error) is { } advice ? advice : base.Describe(exception);

    /// <summary>
    /// Writes: that the file can be read says nothing about its disk, its rights or a transaction that never ends. What is written is the number that
    /// the file holds for the app,
    /// as it is.
    /// </summary>
    public override async Task<bool> CanServeAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (Environment.TickCount64 - Interlocked.Read(ref _proven) < Proof.TotalMilliseconds)
        {
            return true;
        }

        try
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var number = await context.Database.SqlQueryRaw<long>("SELECT user_version AS Value FROM pragma_user_version").SingleAsync(cancellationToken);
            await context.Database.ExecuteSqlRawAsync(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {number}"), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Interlocked.Exchange(ref _proven, Environment.TickCount64);
            return true;
        }
        catch (SqliteException error)
        {
            throw new SqliteException($"cannot be written: {error.Message}", error.SqliteErrorCode, error.SqliteExtendedErrorCode);
        }
    }

    internal override DatabaseTrouble? FindTrouble() => _watch?.Find();

    internal override bool IsGone() => _watch?.IsGone() == true;

    public override Task ChangeSchemaAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken) =>
        SqliteSchema.ChangeAsync(context, change, cancellationToken);

    internal override bool Keeps(IColumn column, string? declared) => SqliteNames.Keep(column, declared);

    public override bool SkipsInMigration(string sql) => sql.StartsWith("PRAGMA foreign_keys", StringComparison.OrdinalIgnoreCase);

    public override Task BackupAsync(string file, CancellationToken cancellationToken) => IsGone()
        ? throw new CommandException($"{this} is not the file that the app has opened: it is not backed up.")
        : SqliteBackup.WriteAsync(_connection.ToString(), file, cancellationToken);

    public override Task<IReadOnlyList<string>> ReadBackupAsync(string file, CancellationToken cancellationToken) =>
        SqliteBackup.ReadAsync(file, cancellationToken);

    public override async Task RestoreAsync(string file, CancellationToken cancellationToken)
    {
        if (Path is not null)
        {
            PrivateFiles.Touch(Path);
        }

        await SqliteBackup.RestoreAsync(_connection.ToString(), file, cancellationToken);
    }

    internal override async Task<string?> VerifyBackupAsync(string file, CancellationToken cancellationToken)
    {
        await SqliteBackup.TryRestoreAsync(file, cancellationToken);
        return null;
    }

    internal override Task<string?> FindRestoreObstacleAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    internal override Task<string?> MoveDamagedAsync(CancellationToken cancellationToken) =>
        Path is null ? base.MoveDamagedAsync(cancellationToken) : SqliteBackup.MoveDamagedAsync(Path, cancellationToken);

    internal override Task<Snapshot> OpenSnapshotAsync(DbContext context, CancellationToken cancellationToken) =>
        Path is null ? base.OpenSnapshotAsync(context, cancellationToken) : SqliteLoad.OpenSnapshotAsync(Path, cancellationToken);

    // Foreign keys are off while the schema is changed, and checked at its end.
    internal override Task<Func<Task>> BeginLoadAsync(MigrationRun run, CancellationToken cancellationToken) =>
        Task.FromResult<Func<Task>>(() => Task.CompletedTask);

    internal override Task LoadAsync(MigrationRun run, TransferTable table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken) =>
        SqliteLoad.LoadAsync(run, table, rows, cancellationToken);

    internal override Task<long?> LastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, CancellationToken cancellationToken) =>
        SqliteLoad.LastKeyAsync(run, table, cancellationToken);

    internal override Task SetLastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, long last, CancellationToken cancellationToken) =>
        SqliteLoad.SetLastKeyAsync(run, table, last, cancellationToken);

    internal override Task EmptyAsync(DbContext context, CancellationToken cancellationToken) =>
        ChangeSchemaAsync(context, async () => await SqliteLoad.EmptyAsync(await MigrationRun.OnAsync(context, cancellationToken), cancellationToken),
            cancellationToken);

    internal override Task<bool> HasTablesAsync(DbContext context, CancellationToken cancellationToken) =>
        SqliteSchema.HasTablesAsync(context, cancellationToken);

    internal override object Store(object value) => value is DateTimeOffset moment ? moment.UtcDateTime : value;

    internal override string? Missing => Path is null || File.Exists(Path) ? null
        : Directory.Exists(Path) ? $"{Path} is a directory. Give DATABASE_URL the path of a file."
        : $"There is no database at {Path} yet. 'db upgrade' makes it.";

    internal override Task RunStepAsync(MigrationRun run, StepContent step, CancellationToken cancellationToken) =>
        new SqliteSteps(run, step).RunAsync(cancellationToken);

    internal override Task<IReadOnlyList<string>> CorrectDataAsync(MigrationRun run, CancellationToken cancellationToken) =>
        InstantDefaults.CorrectAsync(run, cancellationToken);

    internal override Task<ScriptWriter> BeginScriptAsync(DbContext context, StringBuilder script, CancellationToken cancellationToken) =>
        SqliteSchema.BeginScriptAsync(context, script, cancellationToken);

    internal override Task<LiveTables?> ReadSchemaAsync(DbContext context, CancellationToken cancellationToken) =>
        SqliteSchema.ReadAsync(context, cancellationToken);

    internal override Task<bool> IsSameDefaultAsync(DbContext context, string type, string one, string other, CancellationToken cancellationToken) =>
        SqliteSchema.IsSameAsync(context, one, other, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        // Only with the last connection does SQLite move the write-ahead log into the file.
        await (_fast?.DisposeAsync() ?? default);
        if (_keepAlive is not null)
        {
            await _keepAlive.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    // busy_timeout first: the others may have to wait. 16 MB of cache: with SQLite's own 2 MB a count over a million rows costs 25 times as much.
    private static string Pragmas(string synchronous) =>
        $"PRAGMA busy_timeout={Patience.TotalMilliseconds:0}; PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA cache_size=-16384; "
        + "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;";
}
