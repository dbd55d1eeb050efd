using System.Data.Common;
using Carafe.Data.Providers;

namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>
/// The views and triggers of a database. SQLite compiles them when they are used: one that a migration breaks would stop every write from then on.
/// </summary>
internal static class Dependents
{
    /// <summary>Those that cannot be used, and why.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> BrokenAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        var broken = new Dictionary<string, string>();
        foreach (var part in await run.QueryAsync("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') AND sql IS NOT NULL",
            cancellationToken))
        {
            var (kind, name, table) = ((string)part[0]!, (string)part[1]!, (string)part[2]!);
            try
            {
                var use = kind == "view" ? $"SELECT * FROM {SqliteTable.Quote(name)}" : await UseAsync(run, table, (string)part[3]!, cancellationToken);
                // Compiled, and not run.
                await run.QueryAsync($"EXPLAIN {use}", cancellationToken);
            }
            catch (DbException error)
            {
                broken[$"{kind} {name}"] = error.Message;
            }
        }

        return broken;
    }

    private static async Task<string> UseAsync(MigrationRun run, string table, string trigger, CancellationToken cancellationToken)
    {
        var columns = (await run.QueryAsync($"SELECT name FROM pragma_table_info({TableRebuild.Text(table)})", cancellationToken))
            .Select(row => SqliteTable.Quote((string)row[0]!)).ToList();
        var on = SqliteTable.Quote(table);
        return SqlTokens.Read(trigger).First(token => token.IsOneOf("INSERT", "UPDATE", "DELETE")).Text switch
        {
            "INSERT" => $"INSERT INTO {on} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(_ => "NULL"))})",
            "UPDATE" => $"UPDATE {on} SET {string.Join(", ", columns.Select(column => $"{column} = NULL"))}",
            _ => $"DELETE FROM {on}",
        };
    }
}
