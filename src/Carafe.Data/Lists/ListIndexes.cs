using System.Linq.Expressions;
using Carafe.Data.Paging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Lists;

/// <summary>Finds the sorts and filters of a list that no index serves.</summary>
internal static class ListIndexes
{
    public static IEnumerable<string> Missing(ListDefinition list, IModel model)
    {
        if (model.FindEntityType(list.EntityType) is not { } entity)
        {
            yield break;
        }

        foreach (var sort in list.Sorts)
        {
            if (SortError(sort.By.Body, entity) is { } error)
            {
                yield return $"sorts by {sort.Name}: {error}";
            }
        }

        foreach (var (name, condition) in list.Filters)
        {
            var columns = new Columns(entity);
            columns.Visit(condition);
            if (!columns.Found.Exists(IsIndexed))
            {
                yield return $"selects by {name}: {(columns.Found is [var column, ..] ? $"no index begins with {Name(column)}" : "it reads no column")}.";
            }
        }
    }

    private static string? SortError(Expression by, IEntityType entity) => ComparableKeys.Find(by, entity) switch
    {
        (null, _) => "an expression has no index.",
        ({ } column, _) when column.DeclaringType != entity && !entity.GetAllBaseTypes().Contains(column.DeclaringType) =>
            $"{Name(column)} is a column of another table.",
        ({ } column, false) => $"{Name(column)} may be null, and no index has null last on every database.",
        ({ } column, _) => IsIndexed(column) ? null : $"no index begins with {Name(column)}.",
    };

    private static bool IsIndexed(IProperty column) =>
        column.GetContainingIndexes().Any(index => index.Properties[0] == column) || column.GetContainingKeys().Any(key => key.Properties[0] == column);

    private static string Name(IProperty column) => $"{column.DeclaringType.ContainingEntityType.GetTableName()}.{column.GetColumnName()}";

    private sealed class Columns(IEntityType entity) : ExpressionVisitor
    {
        public List<IProperty> Found { get; } = [];

        protected override Expression VisitMember(MemberExpression node)
        {
            if (ComparableKeys.Find(node, entity).Property is not { } column)
            {
                return base.VisitMember(node);
            }

            Found.Add(column);
            return node;
        }
    }
}
