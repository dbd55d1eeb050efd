using System.Linq.Expressions;

namespace Carafe.Data.Paging;

/// <summary>
/// Selects the rows after a cursor: <c>a &lt;= x AND (a &lt; x OR (a = x AND ...))</c>. The first half is redundant and lets every database begin at the
/// right place in the index; with a plain OR, SQLite walks there from the start.
/// </summary>
internal static class CursorFilter
{
    /// <summary>Returns the condition for rows after those with these values; null where the value is null.</summary>
    public static Expression<Func<TEntity, bool>> After<TEntity>(IReadOnlyList<SortKey> keys, IReadOnlyList<Expression?> values)
    {
        var row = Expression.Parameter(typeof(TEntity), "row");
        var parts = keys.Select(
            (key, i) => (By: SortKeys.On(key, row), key.Descending, Value: values[i]
                ?? Expression.Constant(null, key.By.ReturnType), IsNull: values[i] is null)).ToList();
        Expression after = Expression.Constant(false);
        foreach (var (by, descending, value, isNull) in Enumerable.Reverse(parts))
        {
            var same = isNull ? Expression.Equal(by, Expression.Constant(null, by.Type)) : Expression.Equal(by, value);
            after = Expression.OrElse(Beyond(by, value, descending, isNull), Expression.AndAlso(same, after));
        }

        var first = parts[0];
        return Expression.Lambda<Func<TEntity, bool>>(
            first.IsNull || first.By.Type == typeof(bool)
            ? after
            : Expression.AndAlso(Compare(first.By, first.Value, first.Descending, orSame: true), after), row);
    }

    private static Expression Beyond(Expression by, Expression value, bool descending, bool isNull) =>
        isNull ? Expression.Constant(false)
        : by.Type == typeof(bool) ? Expression.AndAlso(descending ? Expression.Not(by) : by, descending ? value : Expression.Not(value))
        : Compare(by, value, descending, orSame: false);

    private static BinaryExpression Compare(Expression by, Expression value, bool descending, bool orSame)
    {
        // C# has no order on these; EF translates CompareTo.
        var type = Nullable.GetUnderlyingType(by.Type) ?? by.Type;
        if (type == typeof(string))
        {
            by = Expression.Call(typeof(string), nameof(string.Compare), [], by, value);
            value = Expression.Constant(0);
        }
        else if (type == typeof(Guid))
        {
            by = Expression.Call(Expression.Convert(by, type), nameof(Guid.CompareTo), [], Expression.Convert(value, type));
            value = Expression.Constant(0);
        }

        return (descending, orSame) switch
        {
            (true, true) => Expression.LessThanOrEqual(by, value),
            (true, false) => Expression.LessThan(by, value),
            (false, true) => Expression.GreaterThanOrEqual(by, value),
            (false, false) => Expression.GreaterThan(by, value),
        };
    }
}
