using System.Text.Json;
using Carafe.Errors;
using Carafe.Http;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Binding;

/// <summary>Says in the caller's words what the binder could not read: every parameter and every member at once.</summary>
internal static class BindingErrorReader
{
    public static async ValueTask<ApiError> ReadAsync(HttpContext context, BadHttpRequestException exception)
    {
        var failed = context.Features.Get<IExceptionHandlerFeature>();
        var endpoint = failed?.Endpoint ?? context.GetEndpoint();
        if (exception.StatusCode != StatusCodes.Status400BadRequest || endpoint is null)
        {
            return new ApiError(exception.StatusCode);
        }

        var faults = new ValidationErrors();
        context.Request.RouteValues = failed?.RouteValues ?? context.Request.RouteValues;
        foreach (var parameter in BoundParameter.Of(endpoint))
        {
            if (parameter.Fault(context.Request) is { } text)
            {
                faults.Add(parameter.CallerName(context.Request), text);
            }
        }

        var plan = EndpointInfo.For(endpoint);
        var body = plan.ReadsJson ? await BodyAsync(context, plan, exception.InnerException as JsonException, faults) : null;
        return body ?? (faults.Any ? faults.ToError() : new ApiError(exception.StatusCode));
    }

    // Null when the body is fine, or when its faults are among the others.
    private static async ValueTask<ApiError?> BodyAsync(HttpContext context, EndpointInfo plan, JsonException? fault, ValidationErrors faults)
    {
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var info = plan.BodyType is { } type ? json.GetTypeInfo(type) : null;
        var kept = context.Features.Get<IRequestBodyPipeFeature>() as RereadableRequestBody;
        byte[]? text;
        try
        {
            text = kept is null ? null : await kept.ReadWholeAsync(context.RequestAborted);
        }
        catch (BadHttpRequestException broken)
        {
            return new ApiError(broken.StatusCode, broken.StatusCode == StatusCodes.Status400BadRequest ? "The body is not well-formed, or it broke off." : "");
        }

        if (text is null)
        {
            return fault is not null ? JsonErrorReader.First(fault, info) : !faults.Any && context.Request.ContentLength is 0 or null ? JsonErrorReader.Empty() : null;
        }

        if (JsonErrorReader.Malformed(text, json) is { } malformed)
        {
            // A parameter was wrong before anybody looked at the body.
            return faults.Any && fault is null ? null : malformed;
        }

        var had = faults.Any;
        var whole = info is null ? null : JsonErrorReader.Walk(text, info, json, faults);
        return whole is not null && !had ? whole : !faults.Any && fault is not null ? JsonErrorReader.First(fault, info) : null;
    }
}
