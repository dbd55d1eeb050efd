using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query;

/// <summary>Queries lists that are kept in JSON columns.</summary>
internal sealed partial class MySqlQueryableMethodTranslatingExpressionVisitor
{
    protected override ShapedQueryExpression? TranslatePrimitiveCollection(SqlExpression sqlExpression, IProperty? property, string tableAlias)
    {
        // A parameter has no mapping yet; its values are sent one by one, and not as a document.
        if (sqlExpression.TypeMapping?.ElementTypeMapping is not RelationalTypeMapping element || !IsReadable(element))
        {
            AddTranslationErrorDetails("A list of this type cannot be queried as JSON on MariaDB and MySQL.");
            return null;
        }

        var type = property?.GetElementType()?.ClrType ?? element.ClrType;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var nullable = property?.GetElementType()?.IsNullable ?? (!type.IsValueType || bare != type);
        var table = new MySqlJsonTableExpression(tableAlias, sqlExpression, [], [new(MySqlJsonTableExpression.Value, element, null)]);
        var key = new ColumnExpression(MySqlJsonTableExpression.Key, tableAlias, typeof(int), KeyMapping, nullable: false);
        var select = new SelectExpression(
            [table], new ColumnExpression(MySqlJsonTableExpression.Value, tableAlias, bare, element, nullable), [(key, KeyMapping.Comparer)], _aliases);
        select.AppendOrdering(new OrderingExpression(key, ascending: true));
        var shaped = bare.IsValueType ? typeof(Nullable<>).MakeGenericType(bare) : bare;
        Expression shaper = new ProjectionBindingExpression(select, new ProjectionMember(), shaped);
        return new ShapedQueryExpression(select, shaped == type ? shaper : Expression.Convert(shaper, type));
    }

    // One column for each property of the elements; documents inside them stay documents.
    protected override ShapedQueryExpression TransformJsonQueryToTable(JsonQueryExpression jsonQueryExpression)
    {
        var type = jsonQueryExpression.StructuralType;
        var columns = type.GetPropertiesInHierarchy().Where(property => property.GetJsonPropertyName() is not null)
            .Select(property => new MySqlJsonColumn(property.GetJsonPropertyName()!, property.GetRelationalTypeMapping(), property.GetJsonPropertyName()!))
            .ToList();
        var document = _types.FindMapping("json")!;
        columns.AddRange(type.GetComplexProperties().Select(inner => inner.ComplexType.GetJsonPropertyName()!)
            .Concat((type as IEntityType)?.GetNavigationsInHierarchy().Where(inner => inner.ForeignKey.IsOwnership && inner.TargetEntityType.IsMappedToJson()
                && inner.ForeignKey.PrincipalToDependent == inner).Select(inner => inner.TargetEntityType.GetJsonPropertyName()!) ?? [])
            .Select(name => new MySqlJsonColumn(name, document, name)));
        if (columns.Find(column => !IsReadable(column.Mapping)) is { } unreadable)
        {
            throw new InvalidOperationException(
                $"The member {unreadable.Name} inside a JSON list cannot be queried on MariaDB and MySQL: they do not read its text.");
        }

        var name = jsonQueryExpression.Path.LastOrDefault(segment => segment.PropertyName is not null).PropertyName ?? jsonQueryExpression.JsonColumn.Name;
        var alias = _aliases.GenerateTableAlias(name);
        var table = new MySqlJsonTableExpression(alias, jsonQueryExpression.JsonColumn, jsonQueryExpression.Path, columns);
        var select = CreateSelect(jsonQueryExpression, table, MySqlJsonTableExpression.Key, typeof(int), KeyMapping);
        select.AppendOrdering(new OrderingExpression(
            select.CreateColumnExpression(table, MySqlJsonTableExpression.Key, typeof(int), KeyMapping, columnNullable: false), ascending: true));
        return new ShapedQueryExpression(
            select, new RelationalStructuralTypeShaperExpression(
                type, new ProjectionBindingExpression(select, new ProjectionMember(), typeof(ValueBuffer)), false));
    }

    protected override bool IsNaturallyOrdered(SelectExpression selectExpression) =>
        selectExpression is { Tables: [MySqlJsonTableExpression table, ..], Orderings: [{ Expression: ColumnExpression column, IsAscending: true }] }
        && column.Name == MySqlJsonTableExpression.Key && column.TableAlias == table.Alias;

    private RelationalTypeMapping KeyMapping => _types.FindMapping(typeof(int))!;

    // What the server makes of the text in a document is what was written.
    private static bool IsReadable(RelationalTypeMapping mapping)
    {
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type != typeof(DateTimeOffset) && type != typeof(TimeSpan) && type != typeof(byte[]);
    }
}
