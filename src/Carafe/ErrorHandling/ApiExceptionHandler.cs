using Carafe.Binding;
using Carafe.Bodies;
using Carafe.Connections;
using Carafe.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace Carafe.ErrorHandling;

/// <summary>Handles every exception: one with a map becomes its error, any other is 500 and is logged once; its details are never sent.</summary>
internal sealed class ApiExceptionHandler(IEnumerable<ErrorMap> appMaps, CarafeSettings settings, ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    // Among maps for one type the last registered wins, as with services.
    private readonly ErrorMap[] _appMaps = [.. appMaps.Reverse()];

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (ClientIsGone(context, exception))
        {
            // The client is gone. This is for the log alone.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (exception is OutOfMemoryException)
        {
            logger.LogWarning("Out of memory on {Method} {Path}, trace {TraceId}", context.Request.Method, context.Request.Path,
                TraceIds.Of(context));
            await context.WriteErrorAsync(InFlightBudget.Full);
            return true;
        }

        var error = Find(context, exception) ?? (exception is BadHttpRequestException refused ? await BindingErrorReader.ReadAsync(context, refused) : null);
        if (error is not null)
        {
            await context.WriteErrorAsync(error);
            return true;
        }

        logger.LogError(exception, "Unhandled exception on {Method} {Path}, trace {TraceId}", context.Request.Method, context.Request.Path,
            TraceIds.Of(context));
        if (settings.PropagateExceptions)
        {
            return false;
        }

        await context.WriteErrorAsync(new ApiError(StatusCodes.Status500InternalServerError));
        return true;
    }

    // A socket that breaks may be the database's or another server's: by itself it says nothing of the client.
    private static bool ClientIsGone(HttpContext context, Exception exception) =>
        exception is BadHttpRequestException { StatusCode: StatusCodes.Status499ClientClosedRequest } or ConnectionResetException or ConnectionAbortedException
            || (context.RequestAborted.IsCancellationRequested && (exception is OperationCanceledException || RequestBodyErrors.IsGone(exception)));

    private ApiError? Find(HttpContext context, Exception exception)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        // Metadata of inner groups comes last.
        return (endpoint is null ? null : ErrorMap.Find(endpoint.Metadata.GetOrderedMetadata<ErrorMap>().Reverse(), exception, context))
            ?? ErrorMap.Find(_appMaps, exception, context);
    }
}
