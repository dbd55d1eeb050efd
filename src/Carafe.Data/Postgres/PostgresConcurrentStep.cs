using System.Data.Common;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Postgres;

/// <summary>
/// Runs a step that no transaction can hold, such that it can be run again after whatever stopped it: CREATE INDEX CONCURRENTLY that fails leaves an
/// index that is none.
/// </summary>
internal sealed class PostgresConcurrentStep(MigrationRun run, StepContent step)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (step.Operations.FirstOrDefault(operation => !PostgresSchema.RunsWithoutTransaction(operation) && operation is not DropIndexOperation) is { } other)
        {
            throw new CommandException(
                $"{step.Id} has {Word(other)} beside what runs without a transaction (CREATE INDEX CONCURRENTLY), and a failure would leave half of it. " +
                $"Move one of them to a migration of its own. Nothing was changed.");
        }

        // It keeps nobody out, and waits for transactions as long as they take.
        await run.ExecuteAsync("SET lock_timeout = 0", cancellationToken);
        foreach (var operation in step.Operations)
        {
            var index = operation as CreateIndexOperation;
            if (index is not null && await IsValidAsync(index, cancellationToken) is { } valid)
            {
                if (valid)
                {
                    continue;
                }

                await DropAsync(index, cancellationToken);
            }

            try
            {
                await new PostgresSteps(run, step with { Operations = [operation] }).RunAsync(cancellationToken);
            }
            catch (DbException) when (index is not null && !run.IsScript)
            {
                await DropAsync(index, CancellationToken.None);
                throw;
            }
        }
    }

    private Task DropAsync(CreateIndexOperation index, CancellationToken cancellationToken) =>
        run.ExecuteAsync($"DROP INDEX CONCURRENTLY IF EXISTS {run.Quote(index.Name, index.Schema)}", cancellationToken);

    private async Task<bool?> IsValidAsync(CreateIndexOperation index, CancellationToken cancellationToken)
    {
        var name = run.Quote(index.Name, index.Schema).Replace("'", "''", StringComparison.Ordinal);
        return await run.QueryAsync($"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{name}')", cancellationToken) is [[bool valid]] ? valid
            : null;
    }

    private static string Word(MigrationOperation operation) => operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal);
}
