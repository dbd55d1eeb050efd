using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data;

/// <summary>Reads one row, or ends the request with 404, as Flask-SQLAlchemy's <c>get_or_404</c> does.</summary>
public static class FindQueryableExtensions
{
    /// <summary>Reads a row by its key, with a query that is compiled once.</summary>
    /// <param name="rows">The table; its key is one column.</param>
    /// <param name="id">The key, of the key's own type.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="AbortException">404: there is none: <c>User 42 not found</c>.</exception>
    public static async Task<T> FindOr404Async<T>(this DbSet<T> rows, object id, CancellationToken cancellationToken = default)
        where T : class =>
        await FindByKeyQuery.FindAsync(rows, id, RequestCancellation.Or(cancellationToken)) ?? throw NotFound($"{typeof(T).Name} {id} not found");

    /// <summary>Reads the projection of a row by its key: only the columns that it uses, without tracking, with a query that is compiled once.</summary>
    /// <param name="rows">The table; its key is one column.</param>
    /// <param name="id">The key, of the key's own type.</param>
    /// <param name="select">The projection.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="AbortException">404: there is none: <c>User 42 not found</c>.</exception>
    public static async Task<TResult> FindOr404Async<T, TResult>(this DbSet<T> rows, object id, Expression<Func<T, TResult>> select,
        CancellationToken cancellationToken = default)
        where T : class
        where TResult : class =>
        await FindByKeyQuery.FindAsync(rows, id, select, RequestCancellation.Or(cancellationToken)) ?? throw NotFound($"{typeof(T).Name} {id} not found");

    /// <summary>Reads the first row of a query.</summary>
    /// <param name="rows">The query; order it when more than one row can match.</param>
    /// <param name="message">The message of the 404. Default: <c>User not found</c> where T is User.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="AbortException">404: there is none.</exception>
    public static async Task<T> FirstOr404Async<T>(this IQueryable<T> rows, string? message = null, CancellationToken cancellationToken = default)
        where T : class =>
        await rows.FirstOrDefaultAsync(RequestCancellation.Or(cancellationToken)) ?? throw NotFound(message ?? $"{Noun(typeof(T).Name)} not found");

    /// <summary>Reads the first row that matches.</summary>
    /// <param name="rows">The query.</param>
    /// <param name="where">The condition.</param>
    /// <param name="message">The message of the 404. Default: <c>User not found</c> where T is User.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="AbortException">404: there is none.</exception>
    public static Task<T> FirstOr404Async<T>(this IQueryable<T> rows, Expression<Func<T, bool>> where, string? message = null,
        CancellationToken cancellationToken = default)
        where T : class =>
        rows.Where(where).FirstOr404Async(message, cancellationToken);

    // A query is often over a response rather than the row: UserResponse is a User to the caller.
    private static string Noun(string type) => type.EndsWith("Response", StringComparison.Ordinal) && type.Length > 8 ? type[..^8] : type;

    private static AbortException NotFound(string message) => new(new ApiError(StatusCodes.Status404NotFound, message));
}
