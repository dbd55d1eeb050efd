using Carafe.Data.Providers;
using Carafe.Http;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Health;

/// <summary>
/// Answers 503 in front of everything while the file of the database is gone: what would be written now, nobody would find again. Before a request that
/// may write it looks itself, and not only at what was seen last. Only the health endpoints pass.
/// </summary>
internal sealed class DatabaseGate<TContext>(DatabaseHandle<TContext> handle, DatabaseState state) : IStartupFilter
    where TContext : DbContext
{
    private static readonly ApiError Gone = new(StatusCodes.Status503ServiceUnavailable, "The database is not available. An operator has to see to it.")
    {
        RetryAfter = TimeSpan.FromSeconds(30),
    };

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => context => IsOpen(context.Request) ? following(context) : context.WriteErrorAsync(Gone));
        next(app);
    };

    private bool IsOpen(HttpRequest request)
    {
        var method = request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method) && handle.Database.IsGone())
        {
            // The watch says why within a second.
            return false;
        }

        return !state.IsGone || ProbePaths.Contains(request.Path);
    }
}
