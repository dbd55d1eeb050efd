using System.Data.Common;
using System.Globalization;
using System.Text;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Represents a database on MariaDB or MySQL.</summary>
internal sealed class MySqlDatabase(string scheme, MySqlConnectionStringBuilder connection) : Database
{
    // Migrations are written once for three databases: "name" is a name in them, and || joins text.
    private const string StandardMode = "SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',ANSI_QUOTES,PIPES_AS_CONCAT')";

    internal override string ConnectionString => connection.ConnectionString;

    public override void Configure(DbContextOptionsBuilder options) => options.UseMySql(connection.ConnectionString);

    public override DatabaseError? Explain(DbException exception) => exception is MySqlException error ? MySqlErrors.Explain(error) : null;

    /// <summary>Returns whether it can be connected to. Throws where it takes no writes: a replica serves reads, too.</summary>
    public override async Task<bool> CanServeAsync(DbContext context, CancellationToken cancellationToken) =>
        await base.CanServeAsync(context, cancellationToken)
        && (await context.Database.SqlQueryRaw<long>("SELECT CAST(@@GLOBAL.read_only AS CHAR) NOT IN ('0', 'OFF') AS Value").SingleAsync(cancellationToken) == 0
            ? true
            : throw new ReadOnlyServerException());

    public override string ToString() => connection.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket
        ? $"{scheme}://{connection.Server}/{connection.Database}"
        : string.Create(CultureInfo.InvariantCulture, $"{scheme}://{connection.Server}:{connection.Port}/{connection.Database}");

    public override Task ChangeSchemaAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken) =>
        MySqlSchema.ChangeAsync(context, StandardMode, change, cancellationToken);

    public override Task BackupAsync(string file, CancellationToken cancellationToken) => MySqlBackup.WriteAsync(connection, file, cancellationToken);

    public override Task<IReadOnlyList<string>> ReadBackupAsync(string file, CancellationToken cancellationToken) =>
        MySqlBackup.ReadAsync(file, cancellationToken);

    public override Task RestoreAsync(string file, CancellationToken cancellationToken) => MySqlBackup.RestoreAsync(connection, file, cancellationToken);

    internal override Task<string?> VerifyBackupAsync(string file, CancellationToken cancellationToken) =>
        MySqlTrial.RunAsync(connection, file, cancellationToken);

    internal override Task<string?> FindRestoreObstacleAsync(CancellationToken cancellationToken) =>
        MySqlTrial.FindObstacleAsync(connection, cancellationToken);

    internal override bool IsLocked(DbException exception) =>
        exception is MySqlException { ErrorCode: MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.LockDeadlock };

    // A change of the schema commits by itself.
    internal override bool RunsWithoutTransaction(StepContent step) => true;

    internal override Task RunStepAsync(MigrationRun run, StepContent step, CancellationToken cancellationToken) =>
        new MySqlSteps(run, step).RunAsync(cancellationToken);

    internal override Task<ScriptWriter> BeginScriptAsync(DbContext context, StringBuilder script, CancellationToken cancellationToken)
    {
        script.Append(StandardMode).AppendLine(";").AppendLine("SET time_zone = '+00:00';");
        return base.BeginScriptAsync(context, script, cancellationToken);
    }

    internal override async Task<LiveTables?> ReadSchemaAsync(DbContext context, CancellationToken cancellationToken) =>
        await MySqlSchema.ReadAsync(context, cancellationToken);

    internal override async Task<bool> IsSameDefaultAsync(DbContext context, string type, string one, string other, CancellationToken cancellationToken) =>
        Convert.ToInt64(
            (await (await MigrationRun.OnAsync(context, cancellationToken)).QueryAsync($"SELECT ({one}) <=> ({other})", cancellationToken))[0][0],
            CultureInfo.InvariantCulture) == 1;

    // Connections of an app that has ended would wait for three minutes more, of which a server has few.
    public override async ValueTask DisposeAsync()
    {
        await using var own = new MySqlConnection(connection.ConnectionString);
        await MySqlConnection.ClearPoolAsync(own);
        await base.DisposeAsync();
    }

    internal override Task EmptyAsync(DbContext context, CancellationToken cancellationToken) =>
        ChangeSchemaAsync(context, () => MySqlSchema.EmptyAsync(context, cancellationToken), cancellationToken);

    private sealed class ReadOnlyServerException() : DbException("The server takes no writes: read_only is set. Give DATABASE_URL the primary server.");
}
