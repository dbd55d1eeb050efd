using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>Compares what a step did with what its model wants, before it is noted as done.</summary>
internal static class StepCheck
{
    private const string Itself = "\0";

    /// <summary>Refuses a step that left something else than its model says. In a transaction it is taken back; without one its statements stay.</summary>
    public static async Task RunAsync(DbContext context, Database database, StepContent step, CancellationToken cancellationToken)
    {
        var touched = step.Operations.SelectMany(Touched).ToHashSet();
        if (step.To is null || touched.Count == 0)
        {
            return;
        }

        // What the step left alone may have been changed by hand before; that is for 'db check'.
        var differences = await new LiveSchema(context, database, step.To).DifferencesAsync(
            (table, column) => column is null ? touched.Any(part => part.Table == table.Name) : touched.Contains((table.Name, null))
                || touched.Contains((table.Name, column)), cancellationToken);
        differences = [.. differences.Where(difference => !difference.Contains(" is unknown to the models ", StringComparison.Ordinal))];
        if (differences.Count > 0)
        {
            throw new CommandException(
                $"{step.Id} does not make what its model says, so it is not noted as " +
                $"{(step.Up ? "applied" : "taken back")}:{string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}"))}"
                + Environment.NewLine + (context.Database.CurrentTransaction is not null ? "Nothing was changed."
                    : "Its statements have run and stay. Change the database by hand to what the model says, and run the command again."));
        }
    }

    private static IEnumerable<(string Table, string? Column)> Touched(MigrationOperation operation) => operation switch
    {
        CreateTableOperation table => [(table.Name, null)],
        // The table itself, and the keys below, under names that no column has.
        RenameTableOperation { NewName: { } name } => [(name, Itself)],
        ColumnOperation column => [(column.Table, column.Name)],
        RenameColumnOperation column => [(column.Table, column.NewName)],
        CreateIndexOperation or AddForeignKeyOperation or AddPrimaryKeyOperation or AddUniqueConstraintOperation or AddCheckConstraintOperation =>
            [(((ITableMigrationOperation)operation).Table, LiveSchema.Keys)],
        _ => [],
    };
}
