using Carafe.Errors;
using Carafe.Headers;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace Carafe.ErrorHandling;

internal static class ErrorHandlingExtensions
{
    public static void AddErrors(this IServiceCollection services)
    {
        // The binder's errors reach the same handler, and give the same response, in every environment.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddErrorFormat(ErrorBody.From);
        services.AddSingleton(new TokenCarrier());
        services.AddSingleton<ErrorMetrics>();
        services.AddSingleton<ErrorResponseWriter>();
        services.AddSingleton<IErrorWriter>(provider => provider.GetRequiredService<ErrorResponseWriter>());
        services.AddSingleton<IProblemDetailsService, ApiProblemDetailsService>();
        services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, ErrorDescriptionProvider>());
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.AddErrorMap<AbortException>((abort, _) => abort.Error);
    }

    public static void UseErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.Use(next => async context =>
        {
            await next(context);
            if (IsBare(context.Response))
            {
                await FillAsync(context);
            }
        });
    }

    // Responses without a body: the router's 404 and 405, authorization's 401 and 403, a handler's TypedResults.NotFound(), and the 412 and 416 of
    // files, which still have the headers of the file.
    private static bool IsBare(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400 and < 600 and not StatusCodes.Status499ClientClosedRequest, ContentLength: null or 0 }
        && (string.IsNullOrEmpty(response.ContentType) || response.StatusCode is StatusCodes.Status412PreconditionFailed
            or StatusCodes.Status416RangeNotSatisfiable);

    private static Task FillAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed && HeadAndOptions.Complete(context))
        {
            return Task.CompletedTask;
        }

        response.ContentLength = null;
        response.Headers.ContentDisposition = default;
        response.Headers.LastModified = default;
        return context.WriteErrorAsync(new ApiError(response.StatusCode));
    }
}
