using Carafe.Http;

namespace Carafe.Errors;

internal static class ErrorServices
{
    public static void AddErrors(this IServiceCollection services)
    {
        // The binder's faults reach the same handler, and give the same answer, in every environment.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddSingleton<IProblemDetailsService, ErrorWriter>();
        services.AddExceptionHandler<ErrorHandler>();
        services.AddErrorMap<AbortException>((abort, _) => abort.Error);
    }

    public static void UseErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        // Whatever ends without a body: the router's 404 and 405, authorization's 401 and 403, a handler's TypedResults.NotFound().
        app.UseStatusCodePages(pages => pages.HttpContext.Response.StatusCode == StatusCodes.Status405MethodNotAllowed && MethodsMiddleware.Complete(pages.HttpContext)
            ? Task.CompletedTask
            : pages.HttpContext.WriteErrorAsync(new Error(pages.HttpContext.Response.StatusCode)));
    }
}
