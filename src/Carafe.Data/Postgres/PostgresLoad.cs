using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>
/// Moves many rows into and out of a PostgreSQL database, by COPY. Foreign keys are taken off meanwhile, and put on again, which checks them.
/// </summary>
internal sealed class PostgresLoad(MigrationRun run, CancellationToken cancellationToken)
{
    private readonly List<IForeignKeyConstraint> _references = [.. run.Context.GetService<IDesignTimeModel>().Model.GetRelationalModel()
        .Tables.Where(table => !table.IsExcludedFromMigrations).SelectMany(table => table.ForeignKeyConstraints)];

    public static async Task<Func<Task>> BeginAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        var load = new PostgresLoad(run, cancellationToken);
        await load.RunAsync(load._references.Select(reference =>
            new DropForeignKeyOperation { Name = reference.Name, Table = reference.Table.Name, Schema = reference.Table.Schema }));
        return () => load.RunAsync(load._references.Select(AddForeignKeyOperation.CreateFrom));
    }

    public static async Task LoadAsync(MigrationRun run, TransferTable table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        var copy = $"COPY {run.Quote(table.Name, table.Schema)} ({string.Join(", ", table.Columns.Select(column => run.Quote(column.Name)))}) FROM STDIN " +
            $"(FORMAT BINARY)";
        await using var writer = await ((NpgsqlConnection)run.Connection!).BeginBinaryImportAsync(copy, cancellationToken);
        writer.Timeout = TimeSpan.Zero;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            await writer.StartRowAsync(cancellationToken);
            for (var i = 0; i < row.Length; i++)
            {
                if (table.Columns[i].Store(row[i]) is { } value)
                {
                    await writer.WriteAsync(value, table.Columns[i].StoreType, cancellationToken);
                }
                else
                {
                    await writer.WriteNullAsync(cancellationToken);
                }
            }
        }

        await writer.CompleteAsync(cancellationToken);
    }

    public static async Task<long?> LastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, CancellationToken cancellationToken) =>
        await SequenceAsync(run, table, key, cancellationToken) is { } sequence
            && await run.QueryAsync($"SELECT last_value FROM {sequence} WHERE is_called", cancellationToken) is [[long last]] ? last : null;

    public static async Task SetLastKeyAsync(MigrationRun run, TransferTable table, TransferColumn key, long last, CancellationToken cancellationToken)
    {
        if (await SequenceAsync(run, table, key, cancellationToken) is { } sequence)
        {
            var (name, column) = (run.Quote(table.Name, table.Schema), run.Quote(key.Name));
            await run.QueryAsync(
                string.Create(CultureInfo.InvariantCulture,
                    $"SELECT setval('{sequence.Replace("'", "''", StringComparison.Ordinal)}', greatest({last}, max({column}), 1), greatest({last}, " +
                    $"max({column}), 0) > 0) FROM {name}"),
                cancellationToken);
        }
    }

    private static async Task<string?> SequenceAsync(MigrationRun run, TransferTable table, TransferColumn key, CancellationToken cancellationToken)
    {
        var (name, column) = (run.Quote(table.Name, table.Schema).Replace("'", "''", StringComparison.Ordinal),
            key.Name.Replace("'", "''", StringComparison.Ordinal));
        return (await run.QueryAsync($"SELECT pg_get_serial_sequence('{name}', '{column}')", cancellationToken))[0][0] as string;
    }

    private Task RunAsync(IEnumerable<MigrationOperation> operations) =>
        new PostgresSteps(run, new StepContent("", true, [.. operations], null, run.Context.GetService<IDesignTimeModel>().Model)).RunAsync(cancellationToken);
}
