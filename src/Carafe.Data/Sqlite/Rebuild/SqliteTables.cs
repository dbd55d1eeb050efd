using Carafe.Data.Providers;

namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>
/// Reads the tables of a database from SQLite's own catalogue. EF's reader looks at the rows as well, to guess types, which takes long on big tables.
/// </summary>
internal static class SqliteTables
{
    public static async Task<LiveTables> ReadAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        var tables = new List<LiveTable>();
        foreach (var row in await run.QueryAsync("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
            cancellationToken))
        {
            tables.Add(await ReadAsync(run, (string)row[0]!, (string)row[1]!, cancellationToken));
        }

        return new(null, tables);
    }

    private static async Task<LiveTable> ReadAsync(MigrationRun run, string name, string sql, CancellationToken cancellationToken)
    {
        var text = TableRebuild.Text(name);
        // Hidden is 2 or 3 for a computed column.
        var columns = await run.QueryAsync($"SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({text}) ORDER BY cid",
            cancellationToken);
        var keys = columns.Where(column => (long)column[4]! > 0).OrderBy(column => (long)column[4]!).Select(column => (string)column[0]!).ToList();
        return new(null, name)
        {
            Columns =
            [
                .. columns.Select(column => (Column: column, IsRowId: keys is [var key] && key == (string)column[0]! && (string)column[1]! == "INTEGER"))
                    .Select(found => new LiveColumn(
                        // The number of a row is never null, whatever was declared.
                        (string)found.Column[0]!, (string)found.Column[1]!, (long)found.Column[2]! == 0 && !found.IsRowId, (string?)found.Column[3],
                        (long)found.Column[5]! > 1, found.IsRowId)),
            ],
            PrimaryKey = keys,
            Indexes = await IndexesAsync(run, text, cancellationToken),
            References = await ReferencesAsync(run, text, cancellationToken),
            Checks = Checks(sql),
        };
    }

    private static async Task<IReadOnlyList<LiveIndex>> IndexesAsync(MigrationRun run, string table, CancellationToken cancellationToken)
    {
        var rows = await run.QueryAsync(
            $"SELECT i.name, i.\"unique\", i.partial, x.name, m.sql FROM pragma_index_list({table}) i JOIN pragma_index_info(i.name) x LEFT JOIN " +
            $"sqlite_master m ON m.type = 'index' AND m.name = i.name ORDER BY i.seq, x.seqno",
            cancellationToken);
        return
        [
            .. rows.GroupBy(row => (string)row[0]!).Select(index => new LiveIndex(
                index.Key, [.. index.Select(row => (string?)row[3] ?? "")], (long)index.First()[1]! == 1, (long)index.First()[2]! == 1
                    ? Filter((string)index.First()[4]!) : null)),
        ];
    }

    private static async Task<IReadOnlyList<LiveReference>> ReferencesAsync(MigrationRun run, string table, CancellationToken cancellationToken)
    {
        var rows = await run.QueryAsync($"SELECT id, \"from\", \"table\", on_delete FROM pragma_foreign_key_list({table}) ORDER BY id, seq", cancellationToken);
        return [.. rows.GroupBy(row => (long)row[0]!)
            .Select(key => new LiveReference([.. key.Select(row => (string)row[1]!)], (string)key.First()[2]!, (string)key.First()[3]! == "CASCADE"))];
    }

    private static string Filter(string index)
    {
        var where = SqlTokens.Read(index).First(token => token.Is("WHERE") && token.Depth == 0);
        return index[where.End..].Trim();
    }

    private static List<string> Checks(string table)
    {
        var tokens = SqlTokens.Read(table);
        return [.. Enumerable.Range(0, Math.Max(tokens.Count - 2, 0)).Where(i => tokens[i].Is("CONSTRAINT") && tokens[i + 2].Is("CHECK"))
            .Select(i => table[tokens[i + 1].Start..tokens[i + 1].End].Trim('"', '`', '[', ']'))];
    }
}
