using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds rows that an app starts with.</summary>
public static class SeedServiceCollectionExtensions
{
    /// <summary>Adds a seed for <c>db seed</c>. It must do nothing when its rows exist already, and saves what it adds.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="seed">Adds the rows and returns a sentence about what it did.</param>
    public static IServiceCollection AddSeed<TContext>(this IServiceCollection services, Func<TContext, IServiceProvider, CancellationToken, Task<string>> seed)
        where TContext : DbContext =>
        services.AddSingleton(new Seed<TContext>(seed));
}

internal sealed record Seed<TContext>(Func<TContext, IServiceProvider, CancellationToken, Task<string>> Run);
