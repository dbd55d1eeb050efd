using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Data.Conventions;

/// <summary>
/// Warns in Development of a request that runs the same query again and again, as an N+1 query does. Each endpoint and query is reported once.
/// </summary>
internal sealed class RepeatedQueryInterceptor(IHostEnvironment environment, ILogger<RepeatedQueryInterceptor> logger) : DbCommandInterceptor, IStartupFilter
{
    private const int Limit = 20;

    private readonly AsyncLocal<Seen?> _seen = new();
    private readonly ConcurrentDictionary<(string, string), bool> _reported = new();

    public bool IsOn { get; } = environment.IsDevelopment();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (IsOn)
        {
            app.Use(async (context, rest) =>
            {
                _seen.Value = new Seen(context);
                await rest(context);
            });
        }

        next(app);
    };

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        if (_seen.Value is { } seen && seen.Counts.AddOrUpdate(result.CommandText, 1, (_, count) => count + 1) == Limit)
        {
            var endpoint = seen.Context.GetEndpoint()?.DisplayName ?? $"{seen.Context.Request.Method} {seen.Context.Request.Path}";
            if (_reported.TryAdd((endpoint, result.CommandText), true))
            {
                logger.LogWarning(
                    "{Endpoint} runs one query {Count} times or more in a request. Read all rows at once, with Include or a list of ids: {Query}",
                    endpoint, Limit, result.CommandText.ReplaceLineEndings(" "));
            }
        }

        return result;
    }

    private sealed record Seen(HttpContext Context)
    {
        public ConcurrentDictionary<string, int> Counts { get; } = new();
    }
}
