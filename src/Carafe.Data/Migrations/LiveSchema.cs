using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Migrations;

/// <summary>
/// Compares a database with a model, whatever its migrations history contains. Extra parts are no error, unless no row could be written because of them.
/// </summary>
internal sealed class LiveSchema(DbContext context, Database database, IModel model)
{
    /// <summary>Stands for keys, indexes and checks where columns are chosen.</summary>
    public const string Keys = "";

    private readonly IRelationalTypeMappingSource _types = context.GetService<IRelationalTypeMappingSource>();

    /// <summary>What the database lacks, a line each.</summary>
    /// <param name="wanted">The tables and columns to look at; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<string>> DifferencesAsync(Func<ITable, string?, bool>? wanted, CancellationToken cancellationToken)
    {
        var relational = model.GetRelationalModel();
        var tables = relational.Tables.Where(table => !table.IsExcludedFromMigrations && (wanted is null || wanted(table, null))).ToList();
        if (await database.ReadSchemaAsync(context, cancellationToken) is not { } live)
        {
            return [];
        }

        var differences = new List<string>();
        foreach (var table in tables)
        {
            var found = live.Tables.FirstOrDefault(other => other.Name == table.Name
                && (other.Schema is null || (table.Schema ?? live.DefaultSchema) == other.Schema));
            if (found is null)
            {
                differences.Add($"table {table.Name} is missing");
                continue;
            }

            foreach (var column in table.Columns.Where(column => wanted is null || wanted(table, column.Name)))
            {
                if (await DifferenceAsync(column, found, cancellationToken) is { } difference)
                {
                    differences.Add(difference);
                }
            }

            if (wanted is null || wanted(table, Keys))
            {
                differences.AddRange(Extras(table, found));
                differences.AddRange(LiveKeys.Differences(table, found));
            }
        }

        differences.AddRange(relational.Sequences.Where(sequence => wanted is null && live.Sequences?.Contains(sequence.Name) == false)
            .Select(sequence => $"the sequence {sequence.Name} is missing"));
        return differences;
    }

    private async Task<string?> DifferenceAsync(IColumn column, LiveTable table, CancellationToken cancellationToken)
    {
        var name = $"column {column.Table.Name}.{column.Name}";
        if (table.Columns.FirstOrDefault(other => other.Name == column.Name) is not { } found)
        {
            return $"{name} is missing";
        }

        if (column.ComputedColumnSql is not null)
        {
            // Its type and whether it may be null are those of what it is computed from.
            return found.IsComputed ? null : $"{name} is not computed";
        }

        if (!SchemaTypes.IsSame(_types, column.StoreType, found.Type) && !database.Keeps(column, found.Type))
        {
            return $"{name} is {found.Type} and not {column.StoreType}";
        }

        return column.IsNullable != found.IsNullable ? $"{name} {(found.IsNullable ? "may" : "may not")} be null"
            : await DefaultAsync(column, name, found, cancellationToken);
    }

    private async Task<string?> DefaultAsync(IColumn column, string name, LiveColumn found, CancellationToken cancellationToken)
    {
        var constant = column.TryGetDefaultValue(out var value) && value is not null and not DBNull ? value : null;
        if (constant is null && column.DefaultValueSql is null)
        {
            return null;
        }

        if (found.Default is null)
        {
            return $"{name} has no default";
        }

        if (constant is null)
        {
            return null;
        }

        constant = database.Store(constant);
        var literal = (_types.FindMapping(constant.GetType(), column.StoreType) ?? _types.GetMappingForValue(constant)).GenerateSqlLiteral(constant);
        return await database.IsSameDefaultAsync(context, column.StoreType, found.Default, literal, cancellationToken) ? null
            : $"{name} has the default {found.Default} and not {literal}";
    }

    private static IEnumerable<string> Extras(ITable table, LiveTable live) =>
        from extra in live.Columns
        where table.FindColumn(extra.Name) is null && extra is { IsNullable: false, Default: null, IsComputed: false, IsGenerated: false }
        select $"column {table.Name}.{extra.Name} is unknown to the models and must not be null";
}
