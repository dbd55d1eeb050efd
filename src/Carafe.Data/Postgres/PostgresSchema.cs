using System.Data;
using System.Diagnostics;
using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Postgres;

/// <summary>Changes the schema under an advisory lock of the session, which the server releases when the session ends, however it ends.</summary>
internal static class PostgresSchema
{
    // Any constant number works; the lock is the database's own.
    private const long Key = 0x0CA7AFE;

    // As long as another replica may take to migrate.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static bool RunsWithoutTransaction(StepContent step) => step.Operations.Any(RunsWithoutTransaction);

    public static bool RunsWithoutTransaction(MigrationOperation operation) =>
        operation is SqlOperation { SuppressTransaction: true } || operation["Npgsql:CreatedConcurrently"] is true;

    public static async Task<bool> HasTablesAsync(DbContext context, CancellationToken cancellationToken)
    {
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        var rows = await run.QueryAsync(
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND " +
            "NOT EXISTS "
            + "(SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1", cancellationToken);
        return rows.Count > 0;
    }

    public static async Task ChangeAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken)
    {
        var timeout = context.Database.GetCommandTimeout();
        context.Database.SetCommandTimeout(0);
        await context.Database.OpenConnectionAsync(cancellationToken);
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        var locked = false;
        try
        {
            await run.ExecuteAsync("SET statement_timeout = 0; SET TIME ZONE 'UTC'", cancellationToken);
            await LockAsync(run, cancellationToken);
            locked = true;
            // Readers of a table queue behind the change that waits for it, so it does not wait for long. The step is tried again.
            await run.ExecuteAsync("SET lock_timeout = '1s'", cancellationToken);
            await change();
        }
        finally
        {
            // The pool keeps the session, and the session its lock and its settings.
            if (locked && run.Connection!.State == ConnectionState.Open)
            {
                await run.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_unlock({Key}); RESET ALL"), CancellationToken.None);
            }

            await context.Database.CloseConnectionAsync();
            context.Database.SetCommandTimeout(timeout);
        }
    }

    // Asked for again and again: a session that waits for it holds a snapshot, which CREATE INDEX CONCURRENTLY in the other session would wait for.
    private static async Task LockAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); (await run.QueryAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock({Key})"),
            cancellationToken))[0][0] is not true;)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new CommandException(
                    "Another process has been changing the schema for 10 minutes. When it has ended, run the command again. Nothing was changed.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
