using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Carafe.Testing;

/// <summary>Collects the SQL commands of requests. Those of the test itself or of a background service are left out.</summary>
internal sealed class QueryLog : DbCommandInterceptor, IStartupFilter
{
    private readonly AsyncLocal<bool> _inRequest = new();
    private volatile ConcurrentQueue<string> _queries = new();

    public ConcurrentQueue<string> Begin() => _queries = new();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            _inRequest.Value = true;
            await rest(context);
        });
        next(app);
    };

    public void Reading(string text)
    {
        if (_inRequest.Value)
        {
            _queries.Enqueue(text);
        }
    }

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        Reading(result.CommandText);
        return result;
    }
}

/// <summary>Connects every context of the app under test to the log.</summary>
internal sealed class QueryLogging<TContext>(QueryLog log) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(log);
}

internal static class QueryLogServiceCollectionExtensions
{
    public static void AddQueryLog(this IServiceCollection services)
    {
        services.AddSingleton<QueryLog>();
        services.AddSingleton<IStartupFilter>(provider => provider.GetRequiredService<QueryLog>());
        services.AddSingleton(typeof(IDbContextOptionsConfiguration<>), typeof(QueryLogging<>));
    }
}
