using System.Data;
using System.Data.Common;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Migrations;

/// <summary>
/// Migrates the schema. Everything happens under the database's own lock, which a killed process cannot leave behind (EF's row in __EFMigrationsLock
/// can). The steps are determined under it, so the second of two replicas finds nothing left to do.
/// </summary>
internal sealed class SchemaMigrator(DbContext context, Database database, bool takesBranches = false)
{
    private static readonly int[] LockWaits = [1, 2, 3, 5, 5, 10, 10, 15, 15, 15, 15, 15];

    /// <summary>Gets the columns whose values were corrected after the last step.</summary>
    public IReadOnlyList<string> Corrected { get; private set; } = [];

    /// <summary>Migrates to a target and returns the steps that were taken.</summary>
    /// <param name="choose">Picks the steps from the state under the lock.</param>
    /// <param name="cancellationToken">Stops it between statements.</param>
    public async Task<IReadOnlyList<MigrationStep>> MoveAsync(Func<SchemaState, IReadOnlyList<MigrationStep>> choose, CancellationToken cancellationToken)
    {
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken))
        {
            await creator.CreateAsync(cancellationToken);
        }

        IReadOnlyList<MigrationStep> steps = [];
        await database.ChangeSchemaAsync(context, async () => steps = await MoveUnderLockAsync(choose, cancellationToken), cancellationToken);
        return steps;
    }

    /// <summary>Records migrations as applied, or not, without running them.</summary>
    /// <exception cref="CommandException">The history is another app's, and the tables are not those of the target.</exception>
    public async Task StampAsync(string? target, CancellationToken cancellationToken) =>
        await database.ChangeSchemaAsync(context, async () =>
        {
            var plan = new MigrationPlan(context);
            var isUnrecorded = await IsUnrecordedAsync(cancellationToken);
            await CreateHistoryAsync(cancellationToken);
            var state = await SchemaState.ReadAsync(context, cancellationToken);
            if (state.IsNewer)
            {
                state.RefuseStrangers();
            }

            if (state.Unknown.Count > 0 || (isUnrecorded && target is not null))
            {
                await RefuseOtherTablesAsync(state, target is null ? null : plan.ModelOf(target), cancellationToken);
            }

            foreach (var step in MigrationPlan.Steps(state, target))
            {
                await RunAsync(plan.Note(step), cancellationToken);
            }
        }, cancellationToken);

    // Migrations were renamed or squashed, or the database is another app's: the tables tell.
    private async Task RefuseOtherTablesAsync(SchemaState state, IModel? model, CancellationToken cancellationToken)
    {
        var differences = model is null ? [] : await new LiveSchema(context, database, model).DifferencesAsync(null, cancellationToken);
        if (model is null || differences.Count > 0)
        {
            throw new CommandException(
                $"{(state.Unknown is [var first, ..] ? $"The history has {first}, which is unknown here, and the" : "The")} tables are not those of the " +
                $"target{(differences.Count > 0 ? $" ({differences[0]})" : "")}: the database belongs to another app or to another build. "
                + "Give DATABASE_URL the right one. Nothing was changed.");
        }
    }

    /// <summary>Refuses a database that has tables and no history of migrations.</summary>
    /// <exception cref="CommandException">The database has tables, and no history that says whose.</exception>
    public async Task RefuseUnrecordedAsync(CancellationToken cancellationToken)
    {
        if (await IsUnrecordedAsync(cancellationToken))
        {
            throw new CommandException(
                "The database has tables and no record of migrations: it belongs to another app, or was made without migrations. Nothing was changed. "
                + "If the tables are those of a migration, say so with 'db stamp <migration>'.");
        }
    }

    private async Task<bool> IsUnrecordedAsync(CancellationToken cancellationToken) =>
        !await HasHistoryAsync(cancellationToken) && await database.HasTablesAsync(context, cancellationToken);

    private async Task<IReadOnlyList<MigrationStep>> MoveUnderLockAsync(Func<SchemaState, IReadOnlyList<MigrationStep>> choose,
        CancellationToken cancellationToken)
    {
        await RefuseUnrecordedAsync(cancellationToken);
        var state = await SchemaState.ReadAsync(context, cancellationToken);
        state.RefuseStrangers();
        var steps = choose(state);
        if (steps.Count > 0)
        {
            RefuseBranches(steps);
            await CreateHistoryAsync(cancellationToken);
        }

        foreach (var step in steps)
        {
            await TakeAsync(step, cancellationToken);
        }

        if (state.Known.Count > 0 && steps.All(step => step.Up) && steps.Count == state.Pending.Count)
        {
            Corrected = await database.CorrectDataAsync(await MigrationRun.OnAsync(context, cancellationToken), cancellationToken);
        }

        return steps;
    }

    private void RefuseBranches(IReadOnlyList<MigrationStep> steps)
    {
        if (!takesBranches && steps.Where(step => step.Up).Select(step => step.Id).ToList() is { Count: > 0 } up)
        {
            new MigrationBranches(context).Refuse(up);
        }
    }

    // A lock that cannot be had at once is given up, for the requests behind it wait as well, and tried for again when they have gone by.
    private async Task TakeAsync(MigrationStep step, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await TryAsync(step, cancellationToken);
                return;
            }
            catch (DbException error) when (database.IsLocked(error))
            {
                if (attempt == LockWaits.Length)
                {
                    throw new CommandException(
                        $"{step.Id} was tried for {LockWaits.Sum()} s and never got its lock: a transaction that does not end holds a table " +
                        $"({error.Message}). End it, and run 'db upgrade' again. What came before is applied.");
                }

                await Task.Delay(TimeSpan.FromSeconds(LockWaits[attempt]), cancellationToken);
            }
        }
    }

    private async Task TryAsync(MigrationStep step, CancellationToken cancellationToken)
    {
        var plan = new MigrationPlan(context);
        var content = plan.Content(step);
        // A step that cannot run in a transaction (CREATE INDEX CONCURRENTLY) runs without one; every other is done wholly or not at all.
        await using var transaction = context.Database.CurrentTransaction is null && !database.RunsWithoutTransaction(content)
            ? await context.Database.BeginTransactionAsync(cancellationToken)
            : null;
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        await database.RunStepAsync(run, content, cancellationToken);
        await StepCheck.RunAsync(context, database, content, cancellationToken);
        await RunAsync(plan.Note(step), cancellationToken);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private async Task CreateHistoryAsync(CancellationToken cancellationToken)
    {
        if (!await HasHistoryAsync(cancellationToken))
        {
            await RunAsync(context.GetService<IHistoryRepository>().GetCreateScript(), cancellationToken);
        }
    }

    // IHistoryRepository.Exists is not reliable: Npgsql's returns true whenever there is a database.
    private async Task<bool> HasHistoryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync($"SELECT 1 FROM {context.GetService<ISqlGenerationHelper>().DelimitIdentifier(HistoryRepository.DefaultTableName)} WHERE 1 = 0",
                cancellationToken);
            return true;
        }
        // A missing table, in the words of SQLite, PostgreSQL and MySQL. Any other error is an error.
        catch (DbException error) when (error.SqlState is "42P01" or "42S02" || error.Message.Contains("no such table", StringComparison.Ordinal)
            || error.Message.Contains("doesn't exist", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken)
    {
        var connection = context.Database.GetDbConnection();
        if (connection.State != ConnectionState.Open)
        {
            await context.Database.OpenConnectionAsync(cancellationToken);
        }

        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = context.Database.GetCommandTimeout() ?? command.CommandTimeout;
        command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
