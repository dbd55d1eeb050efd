using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Transfer;

/// <summary>Changes rows in C#, batch by batch.</summary>
internal sealed record DataMigration<TContext>(string Name, Func<TContext, DataBatch, CancellationToken, Task<string?>> Run);

/// <summary>
/// Runs the app's changes of rows. Each batch and the note of how far it came are one transaction, so that a killed process goes on where it was.
/// </summary>
internal sealed class DataMigrations<TContext>(IServiceProvider services, TextWriter output)
    where TContext : DbContext
{
    private const string Table = "__CarafeDataMigrations";
    private const int Size = 1000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var all = services.GetServices<DataMigration<TContext>>().ToList();
        if (all.Count == 0)
        {
            throw new CommandException("The app has no data migrations. Add one with services.AddDataMigration<TContext>(...).");
        }

        foreach (var migration in all)
        {
            var batches = 0;
            while (await BatchAsync(migration, cancellationToken))
            {
                batches++;
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{migration.Name}: {batches} batches so far"));
            }

            await output.WriteLineAsync($"{migration.Name}: done");
        }
    }

    // A context for each batch: one that tracks all rows would get slower with each.
    private async Task<bool> BatchAsync(DataMigration<TContext> migration, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        var (table, name) = (run.Quote(Table), $"'{migration.Name.Replace("'", "''", StringComparison.Ordinal)}'");
        await run.ExecuteAsync(
            $"CREATE TABLE IF NOT EXISTS {table} (name varchar(200) NOT NULL PRIMARY KEY, position varchar(1000), batches integer NOT NULL, finished " +
            $"integer NOT NULL)", cancellationToken);
        await run.ExecuteAsync(
            $"INSERT INTO {table} (name, batches, finished) SELECT {name}, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE name = {name})",
            cancellationToken);
        // The row is locked first: of two commands at once, the second waits and goes on from where the first came.
        await run.ExecuteAsync($"UPDATE {table} SET batches = batches + 1 WHERE name = {name}", cancellationToken);
        var state = (await run.QueryAsync($"SELECT position, finished FROM {table} WHERE name = {name}", cancellationToken))[0];
        if (Convert.ToInt64(state[1], CultureInfo.InvariantCulture) == 1)
        {
            return false;
        }

        var next = await migration.Run(context, new DataBatch(state[0] as string, Size), cancellationToken);
        var position = next is null ? "NULL" : $"'{next.Replace("'", "''", StringComparison.Ordinal)}'";
        await run.ExecuteAsync($"UPDATE {table} SET position = {position}, finished = {(next is null ? 1 : 0)} WHERE name = {name}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return next is not null;
    }
}
