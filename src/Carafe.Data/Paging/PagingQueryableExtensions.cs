using System.Linq.Expressions;
using Carafe.Data.Paging;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data;

/// <summary>Reads pages of lists, as Flask-SQLAlchemy's <c>paginate</c> does.</summary>
public static class PagingQueryableExtensions
{
    /// <summary>
    /// Reads one page, by number, by offset or after a cursor. The primary key is added to the ordering, so rows that tie keep their place, and null sorts
    /// last in ascending order on every database. Sets <c>Link</c> (RFC 8288: first, prev, next, last; with a cursor first and next) on the response of the
    /// request that <paramref name="page"/> was bound from. A page past the end is empty.
    /// </summary>
    /// <param name="rows">The rows, filtered and ordered.</param>
    /// <param name="page">The page to read.</param>
    /// <param name="select">The projection of a row; only its columns are read.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="AbortException">400 <c>invalid_cursor</c>: the cursor was not issued for this list and this caller.</exception>
    public static Task<Paged<TResult>> ToPageAsync<TEntity, TResult>(
        this IOrderedQueryable<TEntity> rows, PageQuery page, Expression<Func<TEntity, TResult>> select, CancellationToken cancellationToken = default)
    {
        cancellationToken = RequestCancellation.Or(cancellationToken);
        var (template, db, captured) = PageTemplateCache<TEntity, TResult>.Find(rows, select, page.Context);
        return page.After is null
            ? ByNumberAsync(template, db, captured, page, cancellationToken)
            : ByCursorAsync(template, db, captured, page, cancellationToken);
    }

    private static async Task<Paged<TResult>> ByNumberAsync<TEntity, TResult>(
        PageTemplate<TEntity, TResult> template, DbContext? db, object?[] captured, PageQuery page, CancellationToken cancellationToken)
    {
        long? total = page.Parameters.AlwaysTotal || page.Total ? await template.CountAsync(db, captured, cancellationToken) : null;
        var skip = page.Offset ?? (page.Page - 1L) * page.Limit;
        // Without a total, one more row than requested shows whether there is a next page.
        var take = total is null ? page.Limit + 1 : page.Limit;
        var items = skip >= (total ?? int.MaxValue) ? [] : await template.PageAsync(db, captured, (int)skip, take, cancellationToken);
        var hasNext = total is null ? items.Count > page.Limit : skip + page.Limit < total;
        if (items.Count > page.Limit)
        {
            items.RemoveAt(page.Limit);
        }

        if (page.Offset is { } offset)
        {
            return new Paged<TResult>(items) { Total = total, Offset = offset, Links = PageLinks.ByOffset(page, total, hasNext) };
        }

        var pages = (total + page.Limit - 1) / page.Limit;
        return new Paged<TResult>(items) { Total = total, Page = page.Page, Pages = pages, Links = PageLinks.ByNumber(page, pages, hasNext) };
    }

    private static async Task<Paged<TResult>> ByCursorAsync<TEntity, TResult>(
        PageTemplate<TEntity, TResult> template, DbContext? db, object?[] captured, PageQuery page, CancellationToken cancellationToken)
    {
        if (template.Order.Incomparable is { } key)
        {
            throw new InvalidOperationException(
                $"A list that is paged by cursor cannot be ordered by {key.By.Body}, a {key.By.ReturnType.Name}: not every database has an order for it. " +
                $"Order by a number, a text, a time or an enum.");
        }

        var seal = new CursorSeal(template.Order, page);
        var after = page.After!.Length == 0 ? null : Cursor.Read(page.After, template.Order, seal, page.Parameters.Cursor ?? "after");
        // One more row than requested shows whether there is a next page.
        var found = await template.AfterAsync(db, captured, after, page.Limit + 1, cancellationToken);
        var next = found.Count > page.Limit ? Cursor.Write(found[page.Limit - 1].Keys, template.Order, seal) : null;
        return new Paged<TResult>([.. found.Take(page.Limit).Select(row => row.Item)])
        {
            Next = next,
            Links = PageLinks.ByCursor(page, next),
            Total = page.Total ? await template.CountAsync(db, captured, cancellationToken) : null,
        };
    }
}
