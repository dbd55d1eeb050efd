using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Migrations;

/// <summary>Compares keys, indexes, foreign keys and checks of a table.</summary>
internal static class LiveKeys
{
    public static IEnumerable<string> Differences(ITable table, LiveTable live)
    {
        if (table.PrimaryKey is { } key && !Names(key.Columns).SequenceEqual(live.PrimaryKey))
        {
            yield return $"the primary key of {table.Name} is not ({string.Join(", ", Names(key.Columns))})";
        }

        foreach (var index in table.Indexes)
        {
            var alike = live.Indexes.Where(other => other.IsUnique == index.IsUnique && other.Columns.SequenceEqual(Names(index.Columns))).ToList();
            var (name, where) = ($"the {(index.IsUnique ? "unique " : "")}index of {table.Name} ({string.Join(", ", Names(index.Columns))})",
                index.Filter is null ? "no filter" : $"the filter {index.Filter}");
            if (alike.Count == 0)
            {
                yield return $"{name} is missing";
            }
            else if (live.HasFilters && !alike.Any(other => other.Filter is null == index.Filter is null))
            {
                yield return $"{name} has {(alike[0].Filter is { } filter ? $"the filter {filter}" : "no filter")} and not {where}";
            }
        }

        foreach (var unique in table.UniqueConstraints.Where(unique => unique != table.PrimaryKey
            && !live.Indexes.Any(other => other.IsUnique && other.Filter is null && other.Columns.SequenceEqual(Names(unique.Columns)))))
        {
            yield return $"the unique constraint of {table.Name} ({string.Join(", ", Names(unique.Columns))}) is missing";
        }

        foreach (var reference in table.ForeignKeyConstraints)
        {
            var cascades = reference.OnDeleteAction == ReferentialAction.Cascade;
            if (!live.References.Any(other => other.Principal == reference.PrincipalTable.Name && other.Columns.SequenceEqual(Names(reference.Columns))
                && other.Cascades == cascades))
            {
                yield return $"the foreign key of {table.Name} ({string.Join(", ", Names(reference.Columns))}) to " +
                    $"{reference.PrincipalTable.Name}{(cascades ? " on delete cascade" : "")} is missing";
            }
        }

        foreach (var check in table.CheckConstraints.Where(check => live.Checks?.Contains(check.Name) == false))
        {
            yield return $"the check {check.Name} of {table.Name} is missing";
        }
    }

    private static IEnumerable<string> Names(IEnumerable<IColumnBase> columns) => columns.Select(column => column.Name);
}
