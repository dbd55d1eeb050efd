using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Carafe.Tests.Data;

/// <summary>
/// EF Core takes more than twenty sets of its services in a process for a mistake. The tests of the layer make that many with their options, so that
/// whichever app came next would be refused.
/// </summary>
internal static class ProviderCount
{
    public static IServiceCollection WithoutProviderCount(this IServiceCollection services) =>
        services.AddSingleton(typeof(IDbContextOptionsConfiguration<>), typeof(Uncounted<>));

    public static DbContextOptionsBuilder WithoutProviderCount(this DbContextOptionsBuilder options) =>
        options.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));

    private sealed class Uncounted<TContext> : IDbContextOptionsConfiguration<TContext>
        where TContext : DbContext
    {
        public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.WithoutProviderCount();
    }
}
