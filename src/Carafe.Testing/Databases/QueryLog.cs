using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Carafe.Testing;

/// <summary>What requests ask of the database. What the test itself or a background service asks is left out.</summary>
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

/// <summary>Has every context of the app under test tell the log.</summary>
internal sealed class QueryLogging<TContext>(QueryLog log) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(log);
}
