using Carafe.FastSqlite.Extension;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the fast layer to a context on SQLite.</summary>
public static class FastSqliteDbContextOptionsBuilderExtensions
{
    /// <summary>
    /// Runs a context's queries on a pool of prepared connections that all contexts share, and commits single writes that wait together in one transaction.
    /// Needs <c>UseSqlite</c> with a connection string; with an open connection of the app's, and with a database in memory that belongs to one connection,
    /// the context works as it does without.
    /// </summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="options">The settings. Default: the <see cref="FastSqliteOptions"/> of the app's services, or else one with default settings for each
    /// app.</param>
    public static DbContextOptionsBuilder UseFastSqlite(this DbContextOptionsBuilder builder, FastSqliteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new FastSqliteOptionsExtension(options));
        return builder;
    }

    /// <summary>
    /// Runs a context's queries on a pool of prepared connections that all contexts share, and commits single writes that wait together in one transaction.
    /// Needs <c>UseSqlite</c> with a connection string; with an open connection of the app's, and with a database in memory that belongs to one connection,
    /// the context works as it does without.
    /// </summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="options">The settings. Default: the <see cref="FastSqliteOptions"/> of the app's services, or else one with default settings for each
    /// app.</param>
    public static DbContextOptionsBuilder<TContext> UseFastSqlite<TContext>(this DbContextOptionsBuilder<TContext> builder, FastSqliteOptions? options = null)
        where TContext : DbContext =>
        (DbContextOptionsBuilder<TContext>)UseFastSqlite((DbContextOptionsBuilder)builder, options);
}
