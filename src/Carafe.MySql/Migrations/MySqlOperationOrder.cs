using Carafe.MySql.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.MySql.Migrations;

/// <summary>Orders the operations of a migration.</summary>
internal static class MySqlOperationOrder
{
    /// <summary>Returns the operations in an order that the server takes.</summary>
    public static IReadOnlyList<MigrationOperation> Sort(IReadOnlyList<MigrationOperation> operations)
    {
        var sorted = operations.ToList();
        SortIndexes(operations, sorted);
        foreach (var drop in operations.OfType<DropPrimaryKeyOperation>())
        {
            MergeDroppedKey(sorted, drop);
        }

        foreach (var add in sorted.OfType<AddPrimaryKeyOperation>().ToList())
        {
            MergeAddedKey(sorted, add, null);
        }

        return sorted;
    }

    // The index that takes another's place comes before that one is dropped. A foreign key needs one of them at every moment, and the server refuses to drop
    // its last.
    private static void SortIndexes(IReadOnlyList<MigrationOperation> operations, List<MigrationOperation> sorted)
    {
        foreach (var drop in operations.OfType<DropIndexOperation>())
        {
            var last = sorted.FindLastIndex(other => other is CreateIndexOperation create && create.Table == drop.Table);
            var at = sorted.IndexOf(drop);
            // One of the same name has to go first, and a column or table that goes takes its indexes along.
            if (last > at && !sorted.OfType<CreateIndexOperation>().Any(create => create.Table == drop.Table && create.Name == drop.Name)
                && !sorted.Skip(at).Take(last - at).Any(other => other is RenameTableOperation or DropColumnOperation or RenameIndexOperation or SqlOperation))
            {
                sorted.RemoveAt(at);
                sorted.Insert(last, drop);
            }
        }
    }

    // What reads or writes rows stands where it stands: nothing moves past it, for a column that goes too early takes its values along.
    private static bool AreMovable(List<MigrationOperation> sorted, MigrationOperation target, IEnumerable<MigrationOperation?> moved)
    {
        var places = moved.Append(target).Where(operation => operation is not null).Select(operation => sorted.IndexOf(operation!)).ToList();
        return !sorted.Skip(places.Min()).Take(places.Max() - places.Min())
            .Any(other => other is SqlOperation or InsertDataOperation or UpdateDataOperation or DeleteDataOperation or RenameColumnOperation);
    }

    private static void MergeDroppedKey(List<MigrationOperation> sorted, DropPrimaryKeyOperation drop)
    {
        var dropped = sorted.Skip(sorted.IndexOf(drop)).OfType<DropColumnOperation>().Where(column => column.Table == drop.Table).ToList();
        var name = sorted.OfType<RenameTableOperation>().FirstOrDefault(rename => rename.Name == drop.Table)?.NewName ?? drop.Table;
        var add = sorted.OfType<AddPrimaryKeyOperation>().FirstOrDefault(key => key.Table == name);
        if (dropped.Count == 0 && add is not null)
        {
            MergeAddedKey(sorted, add, drop);
            return;
        }

        var altered = add is not null ? []
            : sorted.OfType<AlterColumnOperation>().Where(column => column.Table == drop.Table && IsGenerated(column.OldColumn) && !IsGenerated(column))
                .ToList();
        if ((dropped.Count > 0 || altered.Count > 0) && AreMovable(sorted, drop, [.. dropped, .. altered]))
        {
            sorted[sorted.IndexOf(drop)] = new MySqlKeyOperation { Table = drop.Table, DropsKey = true, DroppedColumns = dropped, AlteredColumns = altered };
            sorted.RemoveAll(other => dropped.Contains(other) || altered.Contains(other));
        }
    }

    private static void MergeAddedKey(List<MigrationOperation> sorted, AddPrimaryKeyOperation add, DropPrimaryKeyOperation? drop)
    {
        var altered = sorted.OfType<AlterColumnOperation>().Where(column => column.Table == add.Table && IsGenerated(column) != IsGenerated(column.OldColumn))
            .ToList();
        var added = sorted.OfType<AddColumnOperation>().Where(column => column.Table == add.Table && IsGenerated(column)).ToList();
        if ((drop is not null || altered.Count > 0 || added.Count > 0) && AreMovable(sorted, add, [drop, .. altered, .. added]))
        {
            sorted[sorted.IndexOf(add)] = new MySqlKeyOperation
            {
                Table = add.Table,
                DropsKey = drop is not null,
                AlteredColumns = altered,
                AddedColumns = added,
                AddedKey = add,
            };
            sorted.RemoveAll(other => other == drop || altered.Contains(other) || added.Contains(other));
        }
    }

    private static bool IsGenerated(ColumnOperation column) => column[MySqlAnnotationNames.Autoincrement] is true;
}
