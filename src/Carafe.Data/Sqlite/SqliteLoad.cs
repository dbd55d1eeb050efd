using System.Globalization;
using Carafe.Data.Providers;
using Carafe.Data.Sqlite.Rebuild;
using Microsoft.Data.Sqlite;

namespace Carafe.Data.Sqlite;

/// <summary>Moves many rows into and out of a SQLite database.</summary>
internal static class SqliteLoad
{
    /// <summary>A reader beside the app's connections: in WAL it keeps nobody from writing.</summary>
    public static async Task<Snapshot> OpenSnapshotAsync(string path, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        await connection.OpenAsync(cancellationToken);
        return new Snapshot(connection, connection.BeginTransaction(deferred: true), connection);
    }

    public static async Task LoadAsync(MigrationRun run, TransferTable table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        await using var command = run.Command();
        var columns = string.Join(", ", table.Columns.Select(column => SqliteTable.Quote(column.Name)));
        command.CommandText =
            $"INSERT INTO {SqliteTable.Quote(table.Name)} ({columns}) VALUES " +
            $"({string.Join(", ", table.Columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"$p{i}")))})";
        var parameters = table.Columns.Select((_, i) => new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"$p{i}"), null)).ToArray();
        command.Parameters.AddRange(parameters);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            for (var i = 0; i < row.Length; i++)
            {
                parameters[i].Value = table.Columns[i].Store(row[i]) ?? DBNull.Value;
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public static async Task<long?> LastKeyAsync(MigrationRun run, TransferTable table, CancellationToken cancellationToken) =>
        (await run.QueryAsync("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'", cancellationToken)).Count > 0
        && await run.QueryAsync($"SELECT seq FROM sqlite_sequence WHERE name = {TableRebuild.Text(table.Name)}", cancellationToken) is [[long last], ..]
            ? last
            : null;

    public static async Task SetLastKeyAsync(MigrationRun run, TransferTable table, long last, CancellationToken cancellationToken)
    {
        if (await LastKeyAsync(run, table, cancellationToken) is var now && (now is not null || last > 0) && last > (now ?? 0))
        {
            await run.ExecuteAsync($"DELETE FROM sqlite_sequence WHERE name = {TableRebuild.Text(table.Name)}", cancellationToken);
            await run.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
                $"INSERT INTO sqlite_sequence (name, seq) VALUES ({TableRebuild.Text(table.Name)}, {last})"), cancellationToken);
        }
    }

    /// <summary>Drops every table and view. The file stays, and with it who has it open.</summary>
    public static async Task EmptyAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        foreach (var kind in new[] { "view", "table" })
        {
            // A virtual table takes its shadow tables along, which nobody else may drop.
            foreach (var part in await run.QueryAsync(
                $"SELECT name FROM sqlite_master WHERE type = '{kind}' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC",
                cancellationToken))
            {
                await run.ExecuteAsync($"DROP {kind} IF EXISTS {SqliteTable.Quote((string)part[0]!)}", cancellationToken);
            }
        }
    }
}
