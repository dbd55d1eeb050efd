using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Paging;

/// <summary>Represents one step of an ordering: its key, and whether it is descending.</summary>
internal sealed record SortKey(LambdaExpression By, bool Descending);

/// <summary>Represents the whole ordering of a list.</summary>
/// <param name="Keys">Its steps; no two rows are equal in all of them.</param>
internal sealed record SortOrder(IReadOnlyList<SortKey> Keys)
{
    /// <summary>Gets the ordering as text, for cursors.</summary>
    /// <summary>Gets the key that a cursor cannot continue from; null where it can from all.</summary>
    public SortKey? Incomparable { get; } = Keys.FirstOrDefault(key => !ComparableKeys.IsComparable(key.By.ReturnType));

    public string Text { get; } = string.Concat(Keys.Select(key => $"{key.By.Parameters[0].Type}:{key.By.Body}{(key.Descending ? " desc" : " asc")}\n"));
}

/// <summary>Reads the ordering of a query and completes it with the primary key, so that no two rows tie.</summary>
internal static class SortKeys
{
    public static SortOrder Read<TEntity>(Expression rows, IEntityType entity)
    {
        var keys = new List<SortKey>();
        var step = rows;
        while (step is MethodCallExpression { Method.Name: var name } call && call.Method.DeclaringType == typeof(Queryable)
            && name is "ThenBy" or "ThenByDescending" or "OrderBy" or "OrderByDescending")
        {
            var ordering = (MethodCallExpression)step;
            keys.Insert(0,
                new SortKey((LambdaExpression)StripQuotes(ordering.Arguments[1]), ordering.Method.Name.EndsWith("Descending", StringComparison.Ordinal)));
            step = ordering.Arguments[0];
            if (ordering.Method.Name.StartsWith("OrderBy", StringComparison.Ordinal))
            {
                break;
            }
        }

        if (keys.Count == 0)
        {
            throw new InvalidOperationException(
                "The last call before ToPageAsync must be NewestFirst, OrderBy, OrderByDescending, ThenBy or ThenByDescending.");
        }

        foreach (var property in entity.FindPrimaryKey()!.Properties)
        {
            if (!keys.Any(key => key.By.Body is MemberExpression member && member.Member.Name == property.Name && member.Expression is ParameterExpression))
            {
                keys.Add(new SortKey(Property<TEntity>(property), keys[^1].Descending));
            }
        }

        return new SortOrder([.. keys.SelectMany(key => ComparableKeys.Of(key, entity))]);
    }

    /// <summary>Returns the key's expression on a row.</summary>
    public static Expression On(SortKey key, ParameterExpression row) => new Swap(key.By.Parameters[0], row).Visit(key.By.Body);

    /// <summary>Orders by the keys instead of the order there was.</summary>
    public static Expression Apply<TEntity>(Expression rows, IReadOnlyList<SortKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            var method = (i == 0 ? "OrderBy" : "ThenBy") + (keys[i].Descending ? "Descending" : "");
            rows = Expression.Call(typeof(Queryable), method, [typeof(TEntity), keys[i].By.ReturnType], rows, Expression.Quote(keys[i].By));
        }

        return rows;
    }

    /// <summary>Returns a property as a key.</summary>
    public static LambdaExpression Property<TEntity>(IProperty property)
    {
        var row = Expression.Parameter(typeof(TEntity), "row");
        return Expression.Lambda(
            property.PropertyInfo is { } member
                ? Expression.Property(row, member)
                : Expression.Call(typeof(EF), nameof(EF.Property), [property.ClrType], row, Expression.Constant(property.Name)),
            row);
    }

    private static Expression StripQuotes(Expression expression) =>
        expression is UnaryExpression { NodeType: ExpressionType.Quote } quote ? quote.Operand : expression;

    private sealed class Swap(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
