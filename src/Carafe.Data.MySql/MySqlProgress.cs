using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.MySql;

/// <summary>Keeps how far a step has come, in a table of the database that is there while one is under way.</summary>
internal sealed class MySqlProgress(MigrationRun run, string id, bool up, string hash, int total)
{
    private const string Table = "`__carafe_migration_progress`";

    public int Total => total;

    /// <summary>Returns how many statements are done, and which was begun last; -1 for none.</summary>
    /// <exception cref="CommandException">Another build began the step, or it was begun in the other direction.</exception>
    public async Task<(int Done, int Begun)> ReadAsync(CancellationToken cancellationToken)
    {
        await run.ExecuteAsync(
            $"CREATE TABLE IF NOT EXISTS {Table} (migration varchar(150) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, up tinyint NOT NULL, done int NOT NULL, "
            + "begun int NOT NULL, total int NOT NULL, hash char(64) NOT NULL)", cancellationToken);
        var rows = await run.QueryAsync($"SELECT up, done, begun, total, hash FROM {Table} WHERE migration = {Text(id)}", cancellationToken);
        if (rows is not [var row])
        {
            await run.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
                $"INSERT INTO {Table} VALUES ({Text(id)}, {(up ? 1 : 0)}, 0, -1, {total}, '{hash}')"), cancellationToken);
            return (0, -1);
        }

        var (done, begun) = ((int)MySqlSchema.Number(row[1]), (int)MySqlSchema.Number(row[2]));
        if ((MySqlSchema.Number(row[0]) == 1) != up || (string)row[4]! != hash)
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture,
                $"{id} was {(MySqlSchema.Number(row[0]) == 1 ? "applied" : "taken back")} up to statement {done} of {row[3]} and has other statements now. "
                + $"Finish it with the build that began it, or put the tables right by hand and empty {Table}. Nothing was changed."));
        }

        return (done, begun);
    }

    /// <summary>Notes how many statements are done.</summary>
    public Task NoteAsync(int done, int begun, MigrationRun on, CancellationToken cancellationToken) => on.ExecuteAsync(
        string.Create(CultureInfo.InvariantCulture, $"UPDATE {Table} SET done = {done}, begun = {begun} WHERE migration = {Text(id)}"), cancellationToken);

    /// <summary>Forgets the steps that the history has, and the table when nothing is under way.</summary>
    public static async Task CleanAsync(DbContext context, MigrationRun run, CancellationToken cancellationToken)
    {
        var there = await run.QueryAsync(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '__carafe_migration_progress'", cancellationToken);
        if (there.Count == 0)
        {
            return;
        }

        var applied = (await context.GetService<IHistoryRepository>().GetAppliedMigrationsAsync(cancellationToken)).Select(row => row.MigrationId).ToHashSet();
        var rows = await run.QueryAsync($"SELECT migration, up, done, total FROM {Table}", cancellationToken);
        var left = rows.Where(row => MySqlSchema.Number(row[2]) < MySqlSchema.Number(row[3])
            || (MySqlSchema.Number(row[1]) == 1) != applied.Contains((string)row[0]!)).ToList();
        foreach (var row in rows.Except(left))
        {
            await run.ExecuteAsync($"DELETE FROM {Table} WHERE migration = {Text((string)row[0]!)}", cancellationToken);
        }

        if (left.Count == 0)
        {
            await run.ExecuteAsync($"DROP TABLE {Table}", cancellationToken);
        }
    }

    // Ids of migrations are names of C#.
    private static string Text(string id) => $"'{id.Replace("'", "''", StringComparison.Ordinal)}'";
}
