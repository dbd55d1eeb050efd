using Carafe.MySql.Infrastructure;

namespace Microsoft.EntityFrameworkCore.Infrastructure;

/// <summary>Sets what is particular to MariaDB and MySQL, in <c>UseMySql</c>.</summary>
/// <param name="optionsBuilder">The context's options.</param>
public sealed class MySqlDbContextOptionsBuilder(DbContextOptionsBuilder optionsBuilder)
    : RelationalDbContextOptionsBuilder<MySqlDbContextOptionsBuilder, MySqlOptionsExtension>(optionsBuilder)
{
    /// <summary>
    /// Sets the version of the server, such as <c>10.11.6-MariaDB</c> or <c>8.0.36</c>, so that SQL can be made without one: a script of migrations.
    /// Default: what the server says.
    /// </summary>
    /// <param name="version">What <c>SELECT VERSION()</c> returns.</param>
    /// <exception cref="ArgumentException">It is no version, or one that is too old.</exception>
    public MySqlDbContextOptionsBuilder ServerVersion(string version) => WithOption(extension => extension.WithServerVersion(version));
}
