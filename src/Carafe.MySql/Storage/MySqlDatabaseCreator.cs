using Microsoft.EntityFrameworkCore.Diagnostics;
using MySqlConnector;

namespace Carafe.MySql.Storage;

/// <summary>Creates and drops the database of the connection string.</summary>
internal sealed class MySqlDatabaseCreator(RelationalDatabaseCreatorDependencies dependencies, IRawSqlCommandBuilder commands)
    : RelationalDatabaseCreator(dependencies)
{
    private const string Tables =
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED');";

    private MySqlConnectionStringBuilder Settings => new(Dependencies.Connection.ConnectionString ?? Dependencies.Connection.DbConnection.ConnectionString);

    // As text is compared in the database where a column does not say it.
    private string CreateSql => $"CREATE DATABASE {Delimited} CHARACTER SET utf8mb4;";

    private string DropSql => $"DROP DATABASE {Delimited};";

    private string Delimited => Dependencies.SqlGenerationHelper.DelimitIdentifier(
        Settings.Database is { Length: > 0 } name ? name : throw new InvalidOperationException("The connection string names no database."));

    public override bool Exists()
    {
        try
        {
            Dependencies.Connection.Open(errorsExpected: true);
            Dependencies.Connection.Close();
            return true;
        }
        catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.UnknownDatabase)
        {
            return false;
        }
    }

    public override async Task<bool> ExistsAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await Dependencies.Connection.OpenAsync(cancellationToken, errorsExpected: true).ConfigureAwait(false);
            await Dependencies.Connection.CloseAsync().ConfigureAwait(false);
            return true;
        }
        catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.UnknownDatabase)
        {
            return false;
        }
    }

    public override void Create() => RunOnServer(CreateSql);

    public override Task CreateAsync(CancellationToken cancellationToken = default) => RunOnServerAsync(CreateSql, cancellationToken);

    public override void Delete()
    {
        ClearPool();
        RunOnServer(DropSql);
    }

    public override Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        ClearPool();
        return RunOnServerAsync(DropSql, cancellationToken);
    }

    public override bool HasTables() => Dependencies.ExecutionStrategy.Execute(
        this, creator => Convert.ToInt64(creator.Command(Tables).ExecuteScalar(creator.Parameters()), null) > 0, null);

    public override Task<bool> HasTablesAsync(CancellationToken cancellationToken = default) => Dependencies.ExecutionStrategy.ExecuteAsync(
        this, async (creator, token) =>
            Convert.ToInt64(await creator.Command(Tables).ExecuteScalarAsync(creator.Parameters(), token).ConfigureAwait(false), null) > 0,
        null, cancellationToken);

    private IRelationalCommand Command(string sql) => commands.Build(sql);

    private RelationalCommandParameterObject Parameters() => new(
        Dependencies.Connection, null, null, Dependencies.CurrentContext.Context, Dependencies.CommandLogger, CommandSource.Migrations);

    private void ClearPool()
    {
        using var connection = new MySqlConnection(Settings.ConnectionString);
        MySqlConnection.ClearPool(connection);
    }

    private void RunOnServer(string sql)
    {
        using var connection = new MySqlConnection(ServerString());
        connection.Open();
        using var command = new MySqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private async Task RunOnServerAsync(string sql, CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(ServerString());
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var command = new MySqlCommand(sql, connection);
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private string ServerString() => new MySqlConnectionStringBuilder(Settings.ConnectionString) { Database = "", Pooling = false }.ConnectionString;
}
