using System.Linq.Expressions;
using Carafe.Data.Paging;

namespace Carafe.Data;

/// <summary>Applies what a caller wants of a list.</summary>
public static class ListQueryableExtensions
{
    /// <summary>
    /// Selects and orders rows as the caller asks: <c>db.Posts.Apply(list).ToPageAsync(page, PostResponse.FromRow)</c>. The caller's values are parameters
    /// of the statement, never part of its text.
    /// </summary>
    /// <param name="rows">The rows; an order that they have is replaced.</param>
    /// <param name="list">What the caller wants.</param>
    public static IOrderedQueryable<TEntity> Apply<TEntity>(this IQueryable<TEntity> rows, ListQuery<TEntity> list)
        where TEntity : class
    {
        var expression = rows.Expression;
        foreach (var condition in list.Conditions)
        {
            expression = Expression.Call(typeof(Queryable), nameof(Queryable.Where), [typeof(TEntity)], expression, Expression.Quote(condition));
        }

        return (IOrderedQueryable<TEntity>)rows.Provider.CreateQuery<TEntity>(SortKeys.Apply<TEntity>(expression, list.Order));
    }
}
