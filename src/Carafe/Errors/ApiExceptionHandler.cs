using Carafe.Binding;
using Carafe.Hosting.Connections;
using Carafe.Http;
using Microsoft.AspNetCore.Diagnostics;

namespace Carafe.Errors;

/// <summary>Answers every exception: what a map knows with its error, the rest with 500, logged once and told to nobody.</summary>
internal sealed class ApiExceptionHandler(IEnumerable<ErrorMap> appMaps, CarafeSettings settings, ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    // The last registered wins among maps for one type, as services do.
    private readonly ErrorMap[] _appMaps = [.. appMaps.Reverse()];

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (RequestBodyErrors.IsGone(exception) || (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // Nobody is there to answer. It is for the log alone.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (exception is OutOfMemoryException)
        {
            logger.LogWarning("Out of memory on {Method} {Path}, trace {TraceId}", context.Request.Method, context.Request.Path, ErrorResponseWriter.TraceId(context));
            await context.WriteErrorAsync(InFlightBudget.Full);
            return true;
        }

        var error = Find(context, exception) ?? (exception is BadHttpRequestException refused ? await BindingErrorReader.ReadAsync(context, refused) : null);
        if (error is not null)
        {
            await context.WriteErrorAsync(error);
            return true;
        }

        logger.LogError(exception, "Unhandled exception on {Method} {Path}, trace {TraceId}", context.Request.Method, context.Request.Path, ErrorResponseWriter.TraceId(context));
        if (settings.PropagateExceptions)
        {
            return false;
        }

        await context.WriteErrorAsync(new ApiError(StatusCodes.Status500InternalServerError));
        return true;
    }

    private ApiError? Find(HttpContext context, Exception exception)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        // Metadata of inner groups comes last.
        return (endpoint is null ? null : ErrorMap.Find(endpoint.Metadata.GetOrderedMetadata<ErrorMap>().Reverse(), exception, context))
            ?? ErrorMap.Find(_appMaps, exception, context);
    }
}
