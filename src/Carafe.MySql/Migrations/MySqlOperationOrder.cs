using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.MySql.Migrations;

/// <summary>Orders the operations of a migration.</summary>
internal static class MySqlOperationOrder
{
    /// <summary>
    /// Puts the index that takes another's place before that one is dropped. A foreign key needs one of them at every moment, and the server refuses to
    /// drop its last.
    /// </summary>
    public static IReadOnlyList<MigrationOperation> Sort(IReadOnlyList<MigrationOperation> operations)
    {
        var sorted = operations.ToList();
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

        return sorted;
    }
}
