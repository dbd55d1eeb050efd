using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Query;

/// <summary>Queries lists that are kept in JSON columns.</summary>
internal sealed partial class MySqlQueryableMethodTranslatingExpressionVisitor
{
    protected override ShapedQueryExpression? TranslatePrimitiveCollection(SqlExpression sqlExpression, IProperty? property, string tableAlias)
    {
        var element = sqlExpression.TypeMapping?.ElementTypeMapping as RelationalTypeMapping;
        // A parameter has no mapping yet: it gets one by what its elements are compared with.
        if (element is null ? sqlExpression is not SqlParameterExpression { TypeMapping: null } : !MySqlJsonTableExpression.IsReadable(element))
        {
            AddTranslationErrorDetails("A list of this type cannot be queried as JSON on MariaDB and MySQL.");
            return null;
        }

        var type = property?.GetElementType()?.ClrType ?? element?.ClrType ?? ElementOf(sqlExpression.Type);
        var bare = Unwrap(type);
        var nullable = property?.GetElementType()?.IsNullable ?? (!type.IsValueType || bare != type);
        var table = new MySqlJsonTableExpression(
            tableAlias, sqlExpression, [], element is null ? [] : [new(MySqlJsonTableExpression.Value, element, null)]);
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
        if (columns.Find(column => !MySqlJsonTableExpression.IsReadable(column.Mapping)) is { } unreadable)
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

    // A number and a text are what they are; a boolean would be a number, and a document a text.
    protected override bool TrySerializeScalarToJson(
        JsonScalarExpression target, SqlExpression value, [NotNullWhen(true)] out SqlExpression? jsonValue)
    {
        if (!base.TrySerializeScalarToJson(target, value, out jsonValue))
        {
            return false;
        }

        if (Unwrap(value.TypeMapping?.Converter?.ProviderClrType ?? value.Type) == typeof(bool))
        {
            var text = _types.FindMapping(typeof(string));
            jsonValue = Document(_sql.Case(
                [new CaseWhenClause(_sql.IsNull(value), _sql.Constant("null", text)),
                    new CaseWhenClause(_sql.Equal(value, _sql.Constant(true)), _sql.Constant("true", text))],
                _sql.Constant("false", text)));
        }

        return true;
    }

    protected override SqlExpression? GenerateJsonPartialUpdateSetter(Expression target, SqlExpression value, ref SqlExpression? existingSetterValue)
    {
        var (column, path, json) = target is JsonScalarExpression scalar
            ? (scalar.Json, scalar.Path, scalar.TypeMapping?.ElementTypeMapping is null ? value : Document(value))
            : (((JsonQueryExpression)target).JsonColumn, ((JsonQueryExpression)target).Path, Document(value));
        var set = _sql.Function(
            "JSON_SET", [existingSetterValue ?? column, _sql.Constant(path, RelationalTypeMapping.NullMapping), json], nullable: true,
            [true, false, false], typeof(string), column.TypeMapping);
        if (existingSetterValue is null)
        {
            return set;
        }

        existingSetterValue = set;
        return null;
    }

    protected override bool IsNaturallyOrdered(SelectExpression selectExpression) =>
        selectExpression is { Tables: [MySqlJsonTableExpression table, ..], Orderings: [{ Expression: ColumnExpression column, IsAscending: true }] }
        && column.Name == MySqlJsonTableExpression.Key && column.TableAlias == table.Alias;

    private static Type ElementOf(Type list) => list.IsArray ? list.GetElementType()!
        : list.GetInterfaces().Prepend(list).First(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .GetGenericArguments()[0];

    private SqlExpression Document(SqlExpression text) =>
        _sql.Function("JSON_EXTRACT", [text, _sql.Constant("$", _types.FindMapping(typeof(string)))], nullable: true, [true, false], typeof(string),
            _types.FindMapping("json"));

    private RelationalTypeMapping KeyMapping => _types.FindMapping(typeof(int))!;
}
