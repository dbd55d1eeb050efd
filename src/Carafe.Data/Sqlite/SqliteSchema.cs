using System.Globalization;
using System.Text;
using Carafe.Data.Providers;
using Carafe.Data.Sqlite.Rebuild;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// Changes of the schema in one transaction, whose write lock keeps other processes out and goes with ours if it is killed. A table that SQLite cannot alter is
/// made anew, for which foreign keys must be off (https://sqlite.org/lang_altertable.html section 7); they are checked before the commit instead.
/// </summary>
internal static class SqliteSchema
{
    // As long as another replica may take to migrate. Each attempt is short, so that Ctrl-C ends it.
    private const int Attempts = 300;

    public static async Task ChangeAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        var timeout = connection.DefaultTimeout;
        connection.DefaultTimeout = 1;
        await context.Database.ExecuteSqlRawAsync("PRAGMA foreign_keys=0; PRAGMA busy_timeout=1000", cancellationToken);
        // A statement over a big table runs for long, and asks no token.
        await using var stop = cancellationToken.Register(static connection => sqlite3_interrupt(((SqliteConnection)connection!).Handle), connection);
        try
        {
            await using var transaction = await BeginAsync(context, cancellationToken);
            await change();
            await CheckReferencesAsync(context, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            await context.Database.ExecuteSqlRawAsync(string.Create(CultureInfo.InvariantCulture,
                $"PRAGMA foreign_keys=1; PRAGMA busy_timeout={timeout * 1000}"), CancellationToken.None);
            connection.DefaultTimeout = timeout;
            await context.Database.CloseConnectionAsync();
        }
    }

    public static async Task<LiveTables?> ReadAsync(DbContext context, CancellationToken cancellationToken) =>
        await SqliteTables.ReadAsync(await MigrationRun.OnAsync(context, cancellationToken), cancellationToken);

    /// <summary>
    /// Begins a script. What a rebuild does depends on the table, so the statements are tried on an empty database with the tables of this one.
    /// </summary>
    public static async Task<ScriptWriter> BeginScriptAsync(DbContext context, StringBuilder script, CancellationToken cancellationToken)
    {
        var scratch = new SqliteConnection("Data Source=:memory:;Foreign Keys=False;Pooling=False");
        await scratch.OpenAsync(cancellationToken);
        var run = new MigrationRun(context, scratch, null, script: null);
        foreach (var part in await (await MigrationRun.OnAsync(context, cancellationToken))
            .QueryAsync(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN (SELECT name FROM "
                + "pragma_table_list WHERE type = 'shadow') ORDER BY type <> 'table', type = 'trigger'", cancellationToken))
        {
            await run.ExecuteAsync((string)part[0]!, cancellationToken);
        }

        script.AppendLine(".bail on").AppendLine("PRAGMA foreign_keys=OFF;");
        return new ScriptWriter(new MigrationRun(context, scratch, null, script), scratch);
    }

    // Not SQLite's own, which stay when the others have gone.
    public static async Task<bool> HasTablesAsync(DbContext context, CancellationToken cancellationToken) =>
        (await ReadAsync(context, cancellationToken))?.Tables.Count > 0;

    /// <summary>Whether two expressions have one value.</summary>
    public static async Task<bool> IsSameAsync(DbContext context, string one, string other, CancellationToken cancellationToken) =>
        one == other
            || (await (await MigrationRun.OnAsync(context, cancellationToken)).QueryAsync($"SELECT ({one}) IS ({other})", cancellationToken))[0][0] is 1L;

    // Another replica may be at it for longer than a write usually takes.
    private static async Task<IDbContextTransaction> BeginAsync(DbContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.Database.BeginTransactionAsync(cancellationToken);
            }
            catch (SqliteException error) when (error.SqliteErrorCode == SQLITE_BUSY && attempt < Attempts)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task CheckReferencesAsync(DbContext context, CancellationToken cancellationToken)
    {
        const string First = """
            SELECT "table" || ' row ' || ifnull(rowid, '?') || ' refers to a missing row of ' || "parent" AS "Value" FROM pragma_foreign_key_check LIMIT 1
            """;
        var broken = await context.Database.SqlQueryRaw<string>(First)
            .ToListAsync(cancellationToken);
        if (broken is [var first, ..])
        {
            throw new CommandException($"The migration leaves references to nothing: {first}. Nothing was changed.");
        }
    }
}
