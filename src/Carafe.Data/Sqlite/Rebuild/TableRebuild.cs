using System.Globalization;
using Carafe.Data.Providers;

namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>
/// Makes a table anew with what a step changes of it (https://sqlite.org/lang_altertable.html section 7). It begins with the table that the database
/// has, not with the one that the
/// migration remembers: what another branch added stays. Indexes, triggers, views and the next key survive, or the step is refused.
/// </summary>
internal sealed class TableRebuild(MigrationRun run, SqliteTable table)
{
    private readonly Dictionary<string, string> _sources = new(StringComparer.OrdinalIgnoreCase);

    public SqliteTable Table => table;

    /// <summary>Fills a column by an expression on the old row.</summary>
    public void Fill(string column, string expression) => _sources[column] = expression;

    public static async Task<TableRebuild> BeginAsync(MigrationRun run, string name, CancellationToken cancellationToken)
    {
        var rows = await run.QueryAsync($"SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name = {Text(name)} COLLATE NOCASE", cancellationToken);
        return rows is [[string exact, string sql], ..]
            ? new TableRebuild(run, SqliteTable.Parse(exact, sql))
            : throw new CommandException($"The migration changes the table {name}, which the database does not have. Nothing was changed.");
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var name = table.Name;
        var quoted = SqliteTable.Quote(name);
        var before = SqliteTable.Parse(name,
            (string)(await run.QueryAsync($"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = {Text(name)}", cancellationToken))[0][0]!);
        var hanging = await run.QueryAsync(
            $"SELECT type, name, sql FROM sqlite_master WHERE tbl_name = {Text(name)} COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            cancellationToken);
        var sequence = await SequenceAsync(name, cancellationToken);
        var copy = SqliteTable.Quote($"carafe_new_{name}");
        var filled = table.Columns.Where(column => !column.IsGenerated && (_sources.ContainsKey(column.Name) || before.Find(column.Name) is not null)).ToList();
        var (into, from) = (filled.Select(column => SqliteTable.Quote(column.Name)).ToList(),
            filled.Select(column => _sources.GetValueOrDefault(column.Name) ?? SqliteTable.Quote(column.Name)).ToList());
        if (KeepsRowId(before))
        {
            into.Insert(0, "rowid");
            from.Insert(0, "rowid");
        }

        // Other tables, views and triggers go on to name this one: the new one takes its place and nothing is rewritten.
        await run.ExecuteAsync("PRAGMA legacy_alter_table=ON", cancellationToken);
        await run.ExecuteAsync(table.Create($"carafe_new_{name}"), cancellationToken);
        await run.ExecuteAsync($"INSERT INTO {copy} ({string.Join(", ", into)}) SELECT {string.Join(", ", from)} FROM {quoted}", cancellationToken);
        await run.ExecuteAsync($"DROP TABLE {quoted}", cancellationToken);
        await run.ExecuteAsync($"ALTER TABLE {copy} RENAME TO {quoted}", cancellationToken);
        await run.ExecuteAsync("PRAGMA legacy_alter_table=OFF", cancellationToken);
        if (sequence is { } next && table.Columns.Any(column => column.Definition.Contains("AUTOINCREMENT", StringComparison.OrdinalIgnoreCase)))
        {
            await run.ExecuteAsync($"DELETE FROM sqlite_sequence WHERE name = {Text(name)}", cancellationToken);
            await run.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO sqlite_sequence (name, seq) VALUES ({Text(name)}, {next})"),
                cancellationToken);
        }

        foreach (var part in hanging.OrderBy(part => part[0] is "trigger"))
        {
            await run.ExecuteAsync((string)part[2]!, cancellationToken);
        }
    }

    // A row without an integer key has a number all the same, and an index for full-text search may know it by that.
    private bool KeepsRowId(SqliteTable before) =>
        table.HasRowId && before.HasRowId && table.Find("rowid") is null && before.Find("rowid") is null
            && !table.Columns.Any(column => column.IsPrimaryKey && column.Definition.Contains("INTEGER", StringComparison.OrdinalIgnoreCase));

    private async Task<long?> SequenceAsync(string name, CancellationToken cancellationToken) =>
        await run.QueryAsync("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'", cancellationToken) is [_]
        && await run.QueryAsync($"SELECT seq FROM sqlite_sequence WHERE name = {Text(name)}", cancellationToken) is [[long seq], ..]
            ? seq
            : null;

    internal static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
