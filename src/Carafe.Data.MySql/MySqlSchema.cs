using System.Data;
using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.MySql;

/// <summary>Changes the schema under a lock of the session, which the server releases when the session ends, however it ends.</summary>
internal static class MySqlSchema
{
    // A lock is the server's, and its name has 64 characters at most.
    private const string Lock = "CONCAT('carafe:', MD5(DATABASE()))";

    // As long as another replica may take to migrate.
    private const int PatienceSeconds = 600;

    /// <summary>Runs a change while no other process changes the schema.</summary>
    public static async Task ChangeAsync(DbContext context, string mode, Func<Task> change, CancellationToken cancellationToken)
    {
        var timeout = context.Database.GetCommandTimeout();
        context.Database.SetCommandTimeout(0);
        await context.Database.OpenConnectionAsync(cancellationToken);
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        var locked = false;
        try
        {
            await run.ExecuteAsync(mode, cancellationToken);
            await run.ExecuteAsync("SET SESSION time_zone = '+00:00'", cancellationToken);
            locked = Number((await run.QueryAsync(
                string.Create(CultureInfo.InvariantCulture, $"SELECT GET_LOCK({Lock}, {PatienceSeconds})"), cancellationToken))[0][0]) == 1;
            if (!locked)
            {
                throw new CommandException(
                    "Another process has been changing the schema for 10 minutes. When it has ended, run the command again. Nothing was changed.");
            }

            // Readers of a table queue behind the change that waits for it, so it does not wait for long. The step is tried again.
            await run.ExecuteAsync("SET SESSION lock_wait_timeout = 1", cancellationToken);
            await MySqlProgress.CleanAsync(context, run, cancellationToken);
            await change();
            await MySqlProgress.CleanAsync(context, run, cancellationToken);
        }
        finally
        {
            // The pool keeps the session; what is set there it resets.
            if (locked && run.Connection!.State == ConnectionState.Open)
            {
                await run.ExecuteAsync($"SELECT RELEASE_LOCK({Lock})", CancellationToken.None);
            }

            await context.Database.CloseConnectionAsync();
            context.Database.SetCommandTimeout(timeout);
        }
    }

    /// <summary>Reads the tables with what the scaffolding of the provider leaves out: checks.</summary>
    public static async Task<LiveTables?> ReadAsync(DbContext context, CancellationToken cancellationToken)
    {
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        var checks = (await run.QueryAsync(
            "SELECT table_name, constraint_name FROM information_schema.table_constraints WHERE constraint_type = 'CHECK' AND table_schema = DATABASE()",
            cancellationToken)).ToLookup(row => (string)row[0]!, row => (string)row[1]!);
        return LiveTables.Read(context) is { } live
            ? live with { Tables = [.. live.Tables.Select(table => table with { HasFilters = false, Checks = [.. checks[table.Name]] })] } : null;
    }

    /// <summary>Drops every table and view.</summary>
    public static async Task EmptyAsync(DbContext context, CancellationToken cancellationToken)
    {
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        var tables = await run.QueryAsync(
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = DATABASE()", cancellationToken);
        await run.ExecuteAsync("SET SESSION foreign_key_checks = 0", cancellationToken);
        foreach (var table in tables)
        {
            await run.ExecuteAsync($"DROP {(table[1] is "VIEW" ? "VIEW" : "TABLE")} {run.Quote((string)table[0]!)}", cancellationToken);
        }

        await run.ExecuteAsync("SET SESSION foreign_key_checks = 1", cancellationToken);
    }

    public static long Number(object? value) => value is null ? 0 : Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
