namespace Microsoft.EntityFrameworkCore;

/// <summary>Forms of <c>UseMySql</c> for tests that name the connection later or never connect.</summary>
internal static class SpecificationOptions
{
    public static DbContextOptionsBuilder UseMySql(this DbContextOptionsBuilder builder, Action<MySqlDbContextOptionsBuilder>? options = null)
    {
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(
            builder.Options.FindExtension<MySqlOptionsExtension>() ?? new MySqlOptionsExtension());
        options?.Invoke(new MySqlDbContextOptionsBuilder(builder));
        return builder;
    }
}
