using Carafe.Tasks;
using Carafe.Tasks.Page;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the page of tasks.</summary>
public static class TaskPageEndpointExtensions
{
    /// <summary>
    /// Serves a page that shows throughput and latency of the last hour, queues, workers, schedules and tasks with their errors, and that retries and cancels
    /// tasks; below it, under <c>/api</c>, <see cref="TaskAdminBlueprint"/>, which has the data. The page itself holds none and is open to everybody; the data
    /// are for callers with the role <c>admin</c>, who sign in from the page. It loads nothing from elsewhere.
    /// </summary>
    /// <param name="routes">The app, or a group of it.</param>
    /// <param name="prefix">The page's path. Default: <c>/admin/tasks</c>.</param>
    /// <param name="options">How admins sign in.</param>
    /// <returns>The group with the data.</returns>
    public static RouteGroupBuilder MapTaskPage(this IEndpointRouteBuilder routes, string prefix = "/admin/tasks", TaskPageOptions? options = null)
    {
        var given = options ?? new TaskPageOptions();
        routes.MapGet(prefix, (RequestDelegate)(context => TaskPage.WriteAsync(context, given))).AllowAnonymous().ExcludeFromDescription();
        return routes.MapBlueprint<TaskAdminBlueprint>($"{prefix.TrimEnd('/')}/api");
    }
}
