using System.Data.Common;
using Carafe.MySql.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Connects a context to MariaDB or MySQL.</summary>
public static class MySqlDbContextOptionsBuilderExtensions
{
    /// <summary>Connects a context to a database on a MariaDB (10.6 or later) or MySQL (8.0.31 or later) server.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="connectionString">MySqlConnector's connection string.</param>
    /// <param name="options">Further settings. Default: none; the version of the server is read from it when it is first needed.</param>
    /// <exception cref="ArgumentException">The connection string is empty, or has <c>UseAffectedRows=true</c>.</exception>
    public static DbContextOptionsBuilder UseMySql(
        this DbContextOptionsBuilder builder, string connectionString, Action<MySqlDbContextOptionsBuilder>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return Use(builder, Extension(builder).WithConnectionString(MySqlConnectionStrings.Check(connectionString)), options);
    }

    /// <summary>Connects a context by a connection of the app, which the context opens and closes, and does not dispose.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="connection">A <c>MySqlConnection</c>.</param>
    /// <param name="options">Further settings. Default: none; the version of the server is read from it when it is first needed.</param>
    /// <exception cref="ArgumentException">The connection has <c>UseAffectedRows=true</c>.</exception>
    public static DbContextOptionsBuilder UseMySql(
        this DbContextOptionsBuilder builder, DbConnection connection, Action<MySqlDbContextOptionsBuilder>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connection);
        MySqlConnectionStrings.Check(connection.ConnectionString);
        return Use(builder, Extension(builder).WithConnection(connection), options);
    }

    /// <summary>Connects a context to a database on a MariaDB (10.6 or later) or MySQL (8.0.31 or later) server.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="connectionString">MySqlConnector's connection string.</param>
    /// <param name="options">Further settings. Default: none; the version of the server is read from it when it is first needed.</param>
    /// <exception cref="ArgumentException">The connection string is empty, or has <c>UseAffectedRows=true</c>.</exception>
    public static DbContextOptionsBuilder<TContext> UseMySql<TContext>(
        this DbContextOptionsBuilder<TContext> builder, string connectionString, Action<MySqlDbContextOptionsBuilder>? options = null)
        where TContext : DbContext =>
        (DbContextOptionsBuilder<TContext>)UseMySql((DbContextOptionsBuilder)builder, connectionString, options);

    /// <summary>Connects a context by a connection of the app, which the context opens and closes, and does not dispose.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="connection">A <c>MySqlConnection</c>.</param>
    /// <param name="options">Further settings. Default: none; the version of the server is read from it when it is first needed.</param>
    /// <exception cref="ArgumentException">The connection has <c>UseAffectedRows=true</c>.</exception>
    public static DbContextOptionsBuilder<TContext> UseMySql<TContext>(
        this DbContextOptionsBuilder<TContext> builder, DbConnection connection, Action<MySqlDbContextOptionsBuilder>? options = null)
        where TContext : DbContext =>
        (DbContextOptionsBuilder<TContext>)UseMySql((DbContextOptionsBuilder)builder, connection, options);

    private static MySqlOptionsExtension Extension(DbContextOptionsBuilder builder) =>
        builder.Options.FindExtension<MySqlOptionsExtension>() ?? new MySqlOptionsExtension();

    private static DbContextOptionsBuilder Use(
        DbContextOptionsBuilder builder, RelationalOptionsExtension extension, Action<MySqlDbContextOptionsBuilder>? options)
    {
        var infrastructure = (IDbContextOptionsBuilderInfrastructure)builder;
        infrastructure.AddOrUpdateExtension((MySqlOptionsExtension)extension);
        infrastructure.AddOrUpdateExtension(
            RelationalOptionsExtension.WithDefaultWarningConfiguration(builder.Options.FindExtension<CoreOptionsExtension>() ?? new CoreOptionsExtension()));
        options?.Invoke(new MySqlDbContextOptionsBuilder(builder));
        return builder;
    }
}
