using System.Globalization;
using Carafe.MySql.Storage;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.MySql.Migrations;

/// <summary>Keeps the list of applied migrations, and changes it under a lock of the session, which ends with the session.</summary>
internal sealed class MySqlHistoryRepository(HistoryRepositoryDependencies dependencies) : HistoryRepository(dependencies)
{
    // A lock is the server's, not the database's. GET_LOCK takes names of 64 characters, and -1 is no time on MariaDB.
    private const string Name = "CONCAT('ef:', MD5(DATABASE()))";
    private const int PatienceSeconds = 3600;

    public override LockReleaseBehavior LockReleaseBehavior => LockReleaseBehavior.Connection;

    protected override string ExistsSql =>
        $"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = {MySqlLiterals.Text(TableName)};";

    public override string GetCreateIfNotExistsScript() =>
        GetCreateScript().Replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", StringComparison.Ordinal);

    public override string GetBeginIfNotExistsScript(string migrationId) => throw NoConditions();

    public override string GetBeginIfExistsScript(string migrationId) => throw NoConditions();

    public override string GetEndIfScript() => throw NoConditions();

    public override IMigrationsDatabaseLock AcquireDatabaseLock()
    {
        Dependencies.MigrationsLogger.AcquiringMigrationLock();
        return Granted(Command($"SELECT GET_LOCK({Name}, {Seconds})").ExecuteScalar(Parameters()));
    }

    public override async Task<IMigrationsDatabaseLock> AcquireDatabaseLockAsync(CancellationToken cancellationToken = default)
    {
        Dependencies.MigrationsLogger.AcquiringMigrationLock();
        return Granted(await Command($"SELECT GET_LOCK({Name}, {Seconds})").ExecuteScalarAsync(Parameters(), cancellationToken).ConfigureAwait(false));
    }

    protected override bool InterpretExistsResult(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture) > 0;

    private static string Seconds => PatienceSeconds.ToString(CultureInfo.InvariantCulture);

    private static NotSupportedException NoConditions() =>
        new("An idempotent script needs conditions, which MySQL has in stored procedures only. Make a script from the migration that the database has.");

    private MigrationLock Granted(object? result) => Convert.ToInt64(result is DBNull or null ? 0 : result, CultureInfo.InvariantCulture) == 1
        ? new MigrationLock(this)
        : throw new TimeoutException("Another process has been migrating the database for an hour. Nothing was changed.");

    private IRelationalCommand Command(string sql) => Dependencies.RawSqlCommandBuilder.Build(sql);

    // Waiting for the lock must not end by the time limit of statements.
    private RelationalCommandParameterObject Parameters() => new(
        Dependencies.Connection, null, null, Dependencies.CurrentContext.Context, Dependencies.CommandLogger, CommandSource.Migrations);

    private sealed class MigrationLock(MySqlHistoryRepository history) : IMigrationsDatabaseLock
    {
        public IHistoryRepository HistoryRepository => history;

        public void Dispose() => history.Command($"SELECT RELEASE_LOCK({Name})").ExecuteScalar(history.Parameters());

        public async ValueTask DisposeAsync() =>
            await history.Command($"SELECT RELEASE_LOCK({Name})").ExecuteScalarAsync(history.Parameters()).ConfigureAwait(false);
    }
}
