using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>
/// Names the values that stand in the way of a unique index. The databases name the index, or the columns, and keep the values to themselves.
/// </summary>
internal static class UniqueChecks
{
    /// <summary>Refuses an operation over rows that are alike in its columns.</summary>
    public static async Task RunAsync(MigrationRun run, MigrationOperation operation, CancellationToken cancellationToken)
    {
        if (!run.CanAsk || Of(operation) is not var (table, schema, columns, filter))
        {
            return;
        }

        var names = columns.Select(column => run.Quote(column)).ToList();
        var conditions = names.Select(name => $"{name} IS NOT NULL").Concat(filter is null ? [] : [$"({filter})"]);
        var rows = await run.QueryAsync(
            $"SELECT {string.Join(", ", names)}, COUNT(*) FROM {run.Quote(table, schema)} WHERE {string.Join(" AND ", conditions)} GROUP BY " +
            $"{string.Join(", ", names)} HAVING COUNT(*) > 1 LIMIT 4", cancellationToken);
        if (rows.Count > 0)
        {
            var told = rows.Take(3)
                .Select(row =>
                    $"{string.Join(", ", row.SkipLast(1).Select(MigrationRun.Show))} ({Convert.ToString(row[^1], CultureInfo.InvariantCulture)} rows)");
            throw new CommandException(
                $"{table} ({string.Join(", ", columns)}) is to be unique, and is not: {string.Join("; ", told)}{(rows.Count > 3 ? "; ..." : "")}. Put the " +
                $"rows right first. Nothing was changed.");
        }
    }

    /// <summary>Returns the columns and the filter of an operation that makes something unique.</summary>
    public static (string Table, string? Schema, string[] Columns, string? Filter)? Of(MigrationOperation operation) => operation switch
    {
        CreateIndexOperation { IsUnique: true } index => (index.Table, index.Schema, index.Columns, index.Filter),
        AddUniqueConstraintOperation unique => (unique.Table, unique.Schema, unique.Columns, null),
        AddPrimaryKeyOperation key => (key.Table, key.Schema, key.Columns, null),
        _ => null,
    };
}
