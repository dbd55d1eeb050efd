using System.Diagnostics.CodeAnalysis;
using Carafe.Data.Conventions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Internal;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update.Internal;

namespace Carafe.Data.Migrations;

/// <summary>
/// Finds what changed between two models. EF takes a dropped column and a new one for a rename when their types agree; here that is a question, which
/// <c>--rename</c> or <c>--no-rename</c> decides.
/// </summary>
[SuppressMessage("Usage", "EF1001", Justification = "EF's differ has no public way to be told of renames.")]
internal sealed class ReviewedDiffer(DbContext context, MigrateChoices choices) : MigrationsModelDiffer(
    context.GetService<IRelationalTypeMappingSource>(),
    context.GetService<IMigrationsAnnotationProvider>(),
    context.GetService<IRelationalAnnotationProvider>(),
    context.GetService<IRowIdentityMapFactory>(),
    context.GetService<CommandBatchPreparerDependencies>())
{
    private readonly IRelationalModel _current = context.GetService<IDesignTimeModel>().Model.GetRelationalModel();
    private bool _isDown;

    /// <summary>Gets the renames that EF would guess.</summary>
    public List<string> Questions { get; } = [];

    public override IReadOnlyList<MigrationOperation> GetDifferences(IRelationalModel? source, IRelationalModel? target)
    {
        _isDown = ReferenceEquals(source, _current) || ReferenceEquals(source?.Model, _current.Model);
        return base.GetDifferences(source, target);
    }

    protected override IEnumerable<MigrationOperation> Diff(IEnumerable<ITable> source, IEnumerable<ITable> target, DiffContext diffContext)
    {
        var (sources, targets) = (source.ToList(), target.ToList());
        var renamed = new List<(ITable, ITable)>();
        foreach (var old in sources.Where(table => !targets.Any(other => other.Name == table.Name)).ToList())
        {
            if (targets.FirstOrDefault(recent => !sources.Any(other => other.Name == recent.Name) && IsRename(null, old.Name, recent.Name)) is { } found)
            {
                renamed.Add((old, found));
                sources.Remove(old);
                targets.Remove(found);
            }
        }

        foreach (var (old, recent) in renamed)
        {
            diffContext.AddMapping(old, recent);
        }

        var operations = renamed.SelectMany(pair => Diff(pair.Item1, pair.Item2, diffContext)).Concat(base.Diff(sources, targets, diffContext)).ToList();
        if (!choices.NoRename && !_isDown)
        {
            Questions.AddRange(
                from dropped in operations.OfType<DropTableOperation>()
                from made in operations.OfType<CreateTableOperation>()
                let columns = sources.Single(table => table.Name == dropped.Name && table.Schema == dropped.Schema).Columns.Select(column => column.Name)
                    .ToList()
                where made.Columns.Count(column => columns.Contains(column.Name)) * 2 > Math.Max(columns.Count, made.Columns.Count)
                select $"--rename {dropped.Name}={made.Name}");
        }

        return operations;
    }

    protected override IEnumerable<MigrationOperation> Diff(IEnumerable<IColumn> source, IEnumerable<IColumn> target, DiffContext diffContext)
    {
        var (sources, targets) = (source.ToList(), target.ToList());
        var operations = new List<MigrationOperation>();
        foreach (var old in sources.Where(column => !targets.Any(other => other.Name == column.Name)).ToList())
        {
            if (targets.FirstOrDefault(recent => !sources.Any(other => other.Name == recent.Name)
                && (IsRename(old.Table.Name, old.Name, recent.Name) || IsRename(recent.Table.Name, old.Name, recent.Name))) is { } found)
            {
                diffContext.AddMapping(old, found);
                operations.AddRange(Diff(old, found, diffContext));
                sources.Remove(old);
                targets.Remove(found);
            }
        }

        // Where the property kept its name, only the column has another one, and there is nothing to ask.
        var known = sources.Where(old => targets.Any(recent => IsSame(old, recent))).ToList();
        var (gone, added) = (sources.Except(known).ToList(), targets.Where(recent => !sources.Any(old => IsSame(old, recent))).ToList());
        operations.AddRange(base.Diff(known, targets.Except(added), diffContext));
        if (!choices.NoRename && !_isDown)
        {
            Questions.AddRange(
                from old in gone
                from recent in added
                where old.StoreType == recent.StoreType
                select $"--rename {recent.Table.Name}.{old.Name}={recent.Name}");
        }

        operations.AddRange(base.Diff(gone, [], diffContext));
        operations.AddRange(base.Diff([], added, diffContext));
        return operations;
    }

    // The databases store both alike, and the new one cannot read every value of the old one.
    protected override IEnumerable<MigrationOperation> Diff(IColumn source, IColumn target, DiffContext diffContext)
    {
        var operations = base.Diff(source, target, diffContext).ToList();
        if (ModelTypes.IsNarrower(source, target) && !operations.OfType<AlterColumnOperation>().Any())
        {
            operations.Add(Fill(target, new AlterColumnOperation
            {
                OldColumn = Fill(source, new AddColumnOperation()),
                [ValueChange.NumberAnnotation] = ModelTypes.Number(target),
                [ValueChange.Annotation] = ModelTypes.Names(target) is { } names ? ValueChange.Write(ValueChange.Themselves(names)) : null,
            }));
        }

        return operations;
    }

    private static T Fill<T>(IColumn column, T operation)
        where T : ColumnOperation
    {
        var mapping = column.PropertyMappings[0].TypeMapping;
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        (operation.Schema, operation.Table, operation.Name) = (column.Table.Schema, column.Table.Name, column.Name);
        (operation.ClrType, operation.ColumnType, operation.IsNullable) = (Nullable.GetUnderlyingType(type) ?? type, column.StoreType, column.IsNullable);
        (operation.MaxLength, operation.Precision, operation.Scale) = (column.MaxLength, column.Precision, column.Scale);
        (operation.IsUnicode, operation.IsFixedLength, operation.Collation) = (column.IsUnicode, column.IsFixedLength, column.Collation);
        (operation.DefaultValueSql, operation.Comment) = (column.DefaultValueSql, column.Comment);
        operation.DefaultValue = column.TryGetDefaultValue(out var value) && value is not DBNull ? value : null;
        foreach (var annotation in column.GetAnnotations().Where(annotation => GeneratedKey.IsMark(annotation.Name)))
        {
            operation[annotation.Name] = annotation.Value;
        }

        return operation;
    }

    private bool IsRename(string? table, string old, string recent)
    {
        var found = choices.Renames.FirstOrDefault(rename => table is null
            ? rename.Table is null && (_isDown ? rename.Old == recent && rename.New == old : rename.Old == old && rename.New == recent)
            : _isDown ? rename.Is(table, recent, old) : rename.Is(table, old, recent));
        if (found is not null)
        {
            found.IsUsed = true;
        }

        return found is not null;
    }

    private static bool IsSame(IColumn old, IColumn recent) =>
        old.Name == recent.Name
        || old.PropertyMappings.Any(one =>
            recent.PropertyMappings.Any(other => one.Property.Name == other.Property.Name
                && one.Property.DeclaringType.Name == other.Property.DeclaringType.Name));
}
