using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Transfer;

/// <summary>Represents one end of a transfer: a database with the app's model on it.</summary>
internal sealed class DataTransfer(DbContext context, Database database, TextWriter output)
{
    private readonly ISqlGenerationHelper _sql = context.GetService<ISqlGenerationHelper>();

    public IReadOnlyList<TransferTable> Tables { get; } = TransferTable.Of(context);

    /// <summary>Returns the last migration of the database, which must be the last one of this build.</summary>
    public async Task<string?> RequireHeadAsync(CancellationToken cancellationToken)
    {
        if (database.Missing is { } missing)
        {
            throw new CommandException(missing);
        }

        var state = await SchemaState.ReadAsync(context, cancellationToken);
        state.RefuseStrangers();
        return state.Pending.Count == 0
            ? state.Known.Count > 0 ? state.Known[^1] : null
            : throw new CommandException($"{database} is behind by {state.Pending.Count} migrations. Run 'db upgrade' on it first. Nothing was changed.");
    }

    /// <summary>Refuses a database that has rows: nothing is mixed, and nothing is overwritten.</summary>
    public async Task RequireEmptyAsync(CancellationToken cancellationToken)
    {
        var run = await MigrationRun.OnAsync(context, cancellationToken);
        foreach (var table in Tables)
        {
            if ((await run.QueryAsync($"SELECT 1 FROM {_sql.DelimitIdentifier(table.Name, table.Schema)} LIMIT 1", cancellationToken)).Count > 0)
            {
                throw new CommandException(
                    $"{database} has rows already (in {table.Name}). Give a new database, or empty this one with 'db reset'. Nothing was changed.");
            }
        }
    }

    /// <summary>Reads the rows of a table in the transaction of a connection.</summary>
    /// <param name="table">The table.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="condition">SQL that the rows must fulfil. Null: all rows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async IAsyncEnumerable<object?[]> ReadAsync(TransferTable table, DbConnection connection, DbTransaction? transaction, string? condition,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = table.Select(_sql) + (condition is null ? "" : $" WHERE {condition}");
        command.Transaction = transaction;
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new object?[table.Columns.Count];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = table.Columns[i].Read(reader, i);
            }

            yield return row;
        }
    }

    /// <summary>Returns the last number that the database has issued for a table; null where it counts none.</summary>
    public async Task<long?> LastKeyAsync(TransferTable table, MigrationRun run, CancellationToken cancellationToken) =>
        table.Columns.FirstOrDefault(column => column.IsGenerated) is { } key ? await database.LastKeyAsync(run, table, key, cancellationToken) : null;

    /// <summary>Writes all tables in one transaction, reads them again and compares.</summary>
    /// <param name="rows">The rows of a table.</param>
    /// <param name="lastKey">The last number that was given out for a table.</param>
    /// <param name="cancellationToken">Rolls everything back.</param>
    public Task WriteAsync(Func<TransferTable, IAsyncEnumerable<object?[]>> rows, Func<TransferTable, Task<long?>> lastKey,
        CancellationToken cancellationToken) =>
        database.ChangeSchemaAsync(context, async () =>
        {
            await using var transaction = context.Database.CurrentTransaction is null ? await context.Database.BeginTransactionAsync(cancellationToken) : null;
            var run = await MigrationRun.OnAsync(context, cancellationToken);
            var finish = await database.BeginLoadAsync(run, cancellationToken);
            foreach (var table in Tables)
            {
                await WriteAsync(table, rows(table), run, await lastKey(table), cancellationToken);
            }

            await finish();
            if (transaction is not null)
            {
                await transaction.CommitAsync(cancellationToken);
            }
        }, cancellationToken);

    private async Task WriteAsync(TransferTable table, IAsyncEnumerable<object?[]> rows, MigrationRun run, long? last, CancellationToken cancellationToken)
    {
        var (sent, found) = (new RowDigest(), new RowDigest());
        await database.LoadAsync(run, table, Digested(rows, table, sent), cancellationToken);
        await foreach (var row in ReadAsync(table, run.Connection!, context.Database.CurrentTransaction?.GetDbTransaction(), null, cancellationToken))
        {
            found.Add(row, table);
        }

        if ((sent.Count, sent.Value) != (found.Count, found.Value))
        {
            throw new CommandException(
                $"{table.Name}: {found.Count} rows with the digest {found.Value} are there, and {sent.Count} with {sent.Value} were sent. Nothing was " +
                $"changed.");
        }

        if (table.Columns.FirstOrDefault(column => column.IsGenerated) is { } key)
        {
            await database.SetLastKeyAsync(run, table, key, last ?? 0, cancellationToken);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{table.Name}: {sent.Count} rows"));
    }

    private async IAsyncEnumerable<object?[]> Digested(IAsyncEnumerable<object?[]> rows, TransferTable table, RowDigest digest)
    {
        const int Told = 100_000;
        await foreach (var row in rows)
        {
            digest.Add(row, table);
            if (digest.Count % Told == 0)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{table.Name}: {digest.Count} rows so far"));
            }

            yield return row;
        }
    }
}
