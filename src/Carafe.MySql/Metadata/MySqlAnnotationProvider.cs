using Microsoft.EntityFrameworkCore.Metadata;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Metadata;

/// <summary>Marks the columns whose keys the server generates.</summary>
internal sealed class MySqlAnnotationProvider(RelationalAnnotationProviderDependencies dependencies) : RelationalAnnotationProvider(dependencies)
{
    public override IEnumerable<IAnnotation> For(IColumn column, bool designTime)
    {
        if (designTime && IsGenerated(column))
        {
            yield return new Annotation(MySqlAnnotationNames.Autoincrement, true);
        }
    }

    // A table has one such column at most. That of a derived type's table only refers to the base type's.
    private static bool IsGenerated(IColumn column) =>
        column.PropertyMappings is [var mapping, ..]
        && mapping.Property is { ValueGenerated: ValueGenerated.OnAdd } property
        && property.IsKey()
        && column.DefaultValueSql is null && column.ComputedColumnSql is null && !column.TryGetDefaultValue(out _)
        && Type.GetTypeCode(Unwrap(mapping.TypeMapping.Converter?.ProviderClrType ?? property.ClrType)) is >= TypeCode.SByte and <= TypeCode.UInt64
        && !Unwrap(mapping.TypeMapping.Converter?.ProviderClrType ?? property.ClrType).IsEnum
        && !column.Table.ForeignKeyConstraints.Any(key => key.Columns.Contains(column))
        && column.Table.Columns.First(other => other == column || (other != column && IsGeneratedKey(other))) == column;

    private static bool IsGeneratedKey(IColumn column) =>
        column.PropertyMappings is [{ Property: { ValueGenerated: ValueGenerated.OnAdd } property }, ..] && property.IsPrimaryKey()
        && Type.GetTypeCode(Unwrap(property.ClrType)) is >= TypeCode.SByte and <= TypeCode.UInt64;
}
