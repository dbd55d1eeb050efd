using Carafe.Data.Conventions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using ValueType = Carafe.Data.Providers.ValueType;

namespace Carafe.Data.Migrations;

/// <summary>
/// Reviews what a migration is about to do, as Django and strong_migrations do: loss of data needs consent, and what the running version does not survive
/// is reported.
/// </summary>
internal static class MigrationReview
{
    /// <summary>Refuses what nobody has decided, and tells what is worth knowing of the rest.</summary>
    public static IReadOnlyList<string> Review(IReadOnlyList<MigrationOperation> operations, ReviewedDiffer differ, MigrateChoices choices,
        IRelationalModel? before, IRelationalModel after)
    {
        if (choices.Renames.FirstOrDefault(rename => !rename.IsUsed) is { } unused)
        {
            throw new CommandException($"--rename {unused.Old}={unused.New}: the models have no such change. Nothing was written.");
        }

        if (differ.Questions.Count > 0)
        {
            throw new CommandException(
                $"Is this a new name? Then say so, and the data stays:{Lines(differ.Questions)}{Environment.NewLine}If what is gone and what is new have " +
                $"nothing to do with each other: --no-rename. Nothing was written.");
        }

        var step = new StepContent("", Up: true, operations, before?.Model, after.Model);
        var lost = operations.Select(operation => Lost(operation, step)).OfType<string>().ToList();
        if (lost.Count > 0 && !choices.AcceptDataLoss)
        {
            throw new CommandException($"This loses data:{Lines(lost)}{Environment.NewLine}If it may go: --accept-data-loss. Nothing was written.");
        }

        if (operations.OfType<SequenceOperation>().FirstOrDefault() is { } sequence)
        {
            throw new CommandException(
                $"The model has the sequence {Name(sequence)}, and SQLite has none: one set of migrations must hold for every database. Use a generated " +
                $"key or a table. Nothing was written.");
        }

        foreach (var column in operations.OfType<AddColumnOperation>()
            .Where(column => column is { IsNullable: false, DefaultValue: null, DefaultValueSql: null, ComputedColumnSql: null }))
        {
            if (step.After(column) is { PropertyMappings: [var mapping, ..] } && ColumnDefaults.Initial(mapping.Property) is null
                && !mapping.Property.ValueGenerated.HasFlag(ValueGenerated.OnAdd))
            {
                throw new CommandException(
                    $"{column.Table}.{column.Name} is required, and nothing says what the rows that are there shall hold. Make it nullable, or give it " +
                    $"HasDefaultValue. Nothing was written.");
            }
        }

        return [.. operations.SelectMany(operation => Notes(operation, step)), .. lost.Select(line => $"Loses data: {line}")];
    }

    /// <summary>
    /// Notes what only the C# types tell: the names of an enum whose numbers become text, or the other way round, and whole numbers that are narrower
    /// than their column.
    /// </summary>
    public static void Annotate(IReadOnlyList<MigrationOperation> operations, IRelationalModel? before, IRelationalModel after)
    {
        var step = new StepContent("", Up: true, operations, before?.Model, after.Model);
        foreach (var alter in operations.OfType<AlterColumnOperation>())
        {
            var (from, to) = (ValueType.Of(step.Before(alter)), ValueType.Of(step.After(alter)));
            if (from is null || to is null)
            {
                continue;
            }

            if (ModelTypes.Number(step.After(alter)) is { } narrow)
            {
                alter[ValueChange.NumberAnnotation] = narrow;
            }
            else if (step.After(alter) is { PropertyMappings: [{ Property.ClrType: var clr }, ..] }
                && (Nullable.GetUnderlyingType(clr) ?? clr) is var number && !number.IsEnum
                && new ValueType(number, null, null, null).Kind == ValueKind.Integer && number != to.Clr)
            {
                alter[ValueChange.NumberAnnotation] = number.Name;
            }

            if (Names(step.Before(alter), step.After(alter), from, to) is { } names)
            {
                alter[ValueChange.Annotation] = ValueChange.Write(names);
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, string>>? Names(IColumn? before, IColumn? after, ValueType from, ValueType to)
    {
        // A text that was no enum, or one of other names: those that stay are themselves.
        if (from.Kind == ValueKind.Text && ModelTypes.Names(after) is { } kept)
        {
            return ValueChange.Themselves(kept);
        }

        if ((Enum(after) ?? Enum(before)) is not { } found || (from.Kind == ValueKind.Text) == (to.Kind == ValueKind.Text)
            || (to.Kind != ValueKind.Text && to.Kind != ValueKind.Integer))
        {
            return null;
        }

        var names = System.Enum.GetValues(found).Cast<object>().DistinctBy(value => Convert.ToInt64(value, null)).Select(value =>
            (Number: Convert.ToInt64(value, null).ToString(System.Globalization.CultureInfo.InvariantCulture), Name: value.ToString()!));
        // What becomes the text of an enum is its number. Anything else is no enum's, and is refused.
        return names.Select(one => to.Kind == ValueKind.Text ? KeyValuePair.Create(one.Number, one.Name) : KeyValuePair.Create(one.Name, one.Number));
    }

    // A snapshot knows the stored type alone; the model on the other side knows the enum.
    private static Type? Enum(IColumn? column) =>
        column is { PropertyMappings: [{ Property: var property, TypeMapping.Converter: var converter }, ..] }
            && (Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType) is { IsEnum: true } type
        && (converter is null || converter.GetType() is var kind && kind.Namespace == typeof(ValueConverter).Namespace)
            ? type
            : null;

    private static string? Lost(MigrationOperation operation, StepContent step) => operation switch
    {
        DropTableOperation table => $"drops the table {table.Name}",
        DropColumnOperation column when step.From?.GetRelationalModel()
            .FindTable(column.Table, column.Schema)?.FindColumn(column.Name)?.ComputedColumnSql is null => $"drops {column.Table}.{column.Name}",
        AlterColumnOperation alter when alter.ComputedColumnSql is null && alter.OldColumn.ComputedColumnSql is null
            && step.Change(alter) is { IsPossible: false } change =>
            $"there is no way from {change} for what {alter.Table}.{alter.Name} holds",
        _ => null,
    };

    private static IEnumerable<string> Notes(MigrationOperation operation, StepContent step)
    {
        const string Expand = "Add first, let every version write both, and take away in a later deployment.";
        switch (operation)
        {
            case RenameTableOperation table:
                yield return $"Renames the table {table.Name} to {table.NewName}. Breaks the version that runs. {Expand}";
                break;
            case RenameColumnOperation column:
                yield return $"Renames {column.Table}.{column.Name} to {column.NewName}. Breaks the version that runs. {Expand}";
                break;
            case DropTableOperation table:
                yield return $"Drops the table {table.Name}. Breaks the version that runs if it still uses it.";
                break;
            case DropColumnOperation column:
                yield return $"Drops {column.Table}.{column.Name}. Breaks the version that runs if it still uses it.";
                break;
            case AlterColumnOperation { IsNullable: false, OldColumn.IsNullable: true } alter:
                yield return $"Makes {alter.Table}.{alter.Name} required. Breaks the version that runs as soon as it writes a row without it. Let every " +
                    $"version write it first.";
                break;
            case AlterColumnOperation alter when alter.ComputedColumnSql is null && alter.OldColumn.ComputedColumnSql is null
                && step.Change(alter) is { } change && (!change.KeepsValues || change.From.Clr != change.To.Clr):
                yield return $"Changes {alter.Table}.{alter.Name} from {change}. Breaks the version that runs if it reads or writes it. {Expand}";
                break;
            case CreateIndexOperation { IsUnique: true } index when !step.Operations.OfType<CreateTableOperation>().Any(table => table.Name == index.Table):
                yield return $"Makes {index.Table} ({string.Join(", ", index.Columns)}) unique. Fails, with the values named, if rows are alike.";
                break;
        }
    }

    private static string Name(SequenceOperation sequence) => sequence is CreateSequenceOperation made ? made.Name : ((AlterSequenceOperation)sequence).Name;

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{Environment.NewLine}  - {line}"));
}
