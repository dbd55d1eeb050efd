using Carafe.Data.Sets;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data;

/// <summary>Adds and removes rows that are there or not, such as those of a many-to-many table: who likes what, which post has which tag.</summary>
public static class DbSetExtensions
{
    /// <summary>
    /// Adds a row, unless one with its key is there, in one statement (<c>INSERT ... ON CONFLICT DO NOTHING</c>): of any number of callers at once exactly
    /// one adds it, and none fails. Where the database generates the key, the one unique index of the table tells whether the row is there. Stamps and
    /// checks are those of <c>SaveChanges</c>; an open transaction is used. The row is not tracked.
    /// </summary>
    /// <param name="rows">The table: <c>db.Likes</c>, or <c>db.Set&lt;Dictionary&lt;string, object&gt;&gt;("PostTag")</c> for a table without a class.</param>
    /// <param name="row">The row, with its foreign keys set.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>Whether this call added it.</returns>
    /// <exception cref="InvalidOperationException">The table has a generated key and not exactly one unique index, or parts in other tables.</exception>
    /// <exception cref="NotSupportedException">The database is neither SQLite, PostgreSQL, MariaDB nor MySQL.</exception>
    /// <exception cref="DbUpdateException">The database refused it: what it refers to is not there.</exception>
    public static Task<bool> AddIfAbsentAsync<T>(this DbSet<T> rows, T row, CancellationToken cancellationToken = default)
        where T : class => InsertIfAbsent.RunAsync(rows.Entry(row), RequestCancellation.Or(cancellationToken));

    /// <summary>
    /// Removes the row with the key of the given one, in one statement: of any number of callers at once exactly one removes it, and none fails. Where the
    /// database generates the key, the one unique index of the table tells which row it is. Filters of the model apply.
    /// </summary>
    /// <param name="rows">The table.</param>
    /// <param name="row">A row with the key set; its other values do not matter.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>Whether this call removed it.</returns>
    /// <exception cref="InvalidOperationException">The table has a generated key and not exactly one unique index.</exception>
    public static async Task<bool> RemoveAsync<T>(this DbSet<T> rows, T row, CancellationToken cancellationToken = default)
        where T : class =>
        await rows.Where(RowIdentity.SameAs<T>(rows.Entry(row))).ExecuteDeleteAsync(RequestCancellation.Or(cancellationToken)) > 0;
}
