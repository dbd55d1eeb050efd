using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Migrations;

/// <summary>
/// Moves the schema. Everything happens under the database's own lock, which a killed process cannot leave behind (EF's row in __EFMigrationsLock can), and what
/// is to be done is worked out under it, so that of two replicas the second finds nothing left to do.
/// </summary>
internal sealed class SchemaMigrator(DbContext context, Database database)
{
    /// <summary>Goes to a target and tells the steps that were taken.</summary>
    /// <param name="choose">Picks the steps, given the state that holds under the lock.</param>
    /// <param name="cancellationToken">Stops it between statements.</param>
    public async Task<IReadOnlyList<MigrationStep>> MoveAsync(Func<SchemaState, IReadOnlyList<MigrationStep>> choose, CancellationToken cancellationToken)
    {
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken))
        {
            await creator.CreateAsync(cancellationToken);
        }

        IReadOnlyList<MigrationStep> steps = [];
        await database.ChangeSchemaAsync(context, async () => steps = await MoveUnderLockAsync(choose, creator, cancellationToken), cancellationToken);
        return steps;
    }

    /// <summary>Notes migrations as applied, or not, without running them.</summary>
    public async Task StampAsync(string? target, CancellationToken cancellationToken) =>
        await database.ChangeSchemaAsync(context, async () =>
        {
            await CreateHistoryAsync(cancellationToken);
            var state = await SchemaState.ReadAsync(context, cancellationToken);
            foreach (var step in MigrationPlan.Steps(state, target))
            {
                await RunAsync(new MigrationPlan(context).Note(step), cancellationToken);
            }
        }, cancellationToken);

    private async Task<IReadOnlyList<MigrationStep>> MoveUnderLockAsync(
        Func<SchemaState, IReadOnlyList<MigrationStep>> choose, IRelationalDatabaseCreator creator, CancellationToken cancellationToken)
    {
        if (!await HasHistoryAsync(cancellationToken) && await creator.HasTablesAsync(cancellationToken))
        {
            throw new CommandException("The database has tables and no record of migrations: it belongs to another app, or was made without migrations. Nothing was changed. "
                + "If the tables are those of a migration, say so with 'db stamp <migration>'.");
        }

        var state = await SchemaState.ReadAsync(context, cancellationToken);
        state.RefuseStrangers();
        var steps = choose(state);
        if (steps.Count > 0)
        {
            await CreateHistoryAsync(cancellationToken);
        }

        foreach (var step in steps)
        {
            await TakeAsync(step, cancellationToken);
        }

        return steps;
    }

    private async Task TakeAsync(MigrationStep step, CancellationToken cancellationToken)
    {
        var plan = new MigrationPlan(context);
        var commands = plan.Commands(step);
        // A step that cannot run in a transaction (CREATE INDEX CONCURRENTLY) runs without; every other is done wholly or not at all.
        await using var transaction = context.Database.CurrentTransaction is null && !commands.Any(command => command.TransactionSuppressed)
            ? await context.Database.BeginTransactionAsync(cancellationToken)
            : null;
        foreach (var command in commands.Where(command => !database.SkipsInMigration(command.CommandText)))
        {
            await command.ExecuteNonQueryAsync(context.GetService<IRelationalConnection>(), cancellationToken: cancellationToken);
        }

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

    // IHistoryRepository.Exists is not to be relied on: Npgsql's says yes whenever there is a database.
    private async Task<bool> HasHistoryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync($"SELECT 1 FROM {context.GetService<ISqlGenerationHelper>().DelimitIdentifier(HistoryRepository.DefaultTableName)} WHERE 1 = 0", cancellationToken);
            return true;
        }
        catch (DbException)
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
