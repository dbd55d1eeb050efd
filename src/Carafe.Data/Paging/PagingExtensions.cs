using System.Linq.Expressions;
using Carafe.Data.Paging;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data;

/// <summary>Pages of lists, as Flask-SQLAlchemy's <c>paginate</c> gives them.</summary>
public static class PagingExtensions
{
    /// <summary>
    /// Reads one page. The primary key is added to the ordering, so rows that tie keep their place. Sets <c>Link</c> (RFC 8288: first, prev, next, last) on the
    /// answer of the request that <paramref name="page"/> was bound from. A page past the end is empty.
    /// </summary>
    /// <param name="rows">The rows, filtered and ordered.</param>
    /// <param name="page">Which of them.</param>
    /// <param name="select">What is answered for a row; only its columns are read.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="AbortException">400 <c>invalid_cursor</c>: the cursor is not one that this list gave.</exception>
    public static async Task<Paged<TResult>> ToPageAsync<TEntity, TResult>(
        this IOrderedQueryable<TEntity> rows, PageQuery page, Expression<Func<TEntity, TResult>> select, CancellationToken cancellationToken = default)
    {
        var keys = SortKeys.Read(rows);
        var total = await rows.LongCountAsync(cancellationToken);
        var skip = (page.Page - 1L) * page.Limit;
        var items = skip >= total ? [] : await SortKeys.Apply(rows, keys).Skip((int)skip).Take(page.Limit).Select(select).ToListAsync(cancellationToken);
        var pages = (total + page.Limit - 1) / page.Limit;
        PageLinks.Set(page, pages);
        return new Paged<TResult>(items) { Total = total, Page = page.Page, Pages = pages };
    }
}
