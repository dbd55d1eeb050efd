using Carafe.Data.Providers;

namespace Carafe.Data.Postgres;

/// <summary>Reads what Npgsql's reader leaves out: the schema that the role works in, checks, and indexes that were never finished.</summary>
internal static class PostgresTables
{
    public static async Task<LiveTables?> ReadAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        if (LiveTables.Read(run.Context) is not { } live)
        {
            return null;
        }

        var schema = (await run.QueryAsync("SELECT current_schema()", cancellationToken))[0][0] as string;
        var checks = (await run.QueryAsync(
            "SELECT n.nspname, r.relname, c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = " +
            "r.relnamespace WHERE c.contype = 'c'", cancellationToken))
            .ToLookup(row => ((string)row[0]!, (string)row[1]!), row => (string)row[2]!);
        var unfinished = (await run.QueryAsync("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid",
            cancellationToken)).Select(row => (string)row[0]!).ToHashSet();
        return live with
        {
            DefaultSchema = schema ?? live.DefaultSchema,
            Tables =
            [
                .. live.Tables.Select(table => table with
                {
                    Checks = [.. checks[(table.Schema ?? live.DefaultSchema ?? "public", table.Name)]],
                    Indexes = [.. table.Indexes.Where(index => index.Name is null || !unfinished.Contains(index.Name))],
                }),
            ],
        };
    }
}
