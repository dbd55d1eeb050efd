using System.Text.Json;
using Carafe.Bodies;
using Carafe.Errors;
using Carafe.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Binding;

/// <summary>Says in the caller's words what could not be read: every parameter and every member at once.</summary>
internal static class BindingErrorReader
{
    /// <summary>Returns the error of a request that the platform's binder refused.</summary>
    public static async ValueTask<ApiError> ReadAsync(HttpContext context, BadHttpRequestException exception)
    {
        var failed = context.Features.Get<IExceptionHandlerFeature>();
        var endpoint = failed?.Endpoint ?? context.GetEndpoint();
        if (exception.StatusCode != StatusCodes.Status400BadRequest || endpoint is null)
        {
            return new ApiError(exception.StatusCode);
        }

        if (exception.InnerException is InvalidDataException)
        {
            return UnreadableForm(context.Request);
        }

        context.Request.RouteValues = failed?.RouteValues ?? context.Request.RouteValues;
        var error = await ReadAsync(context, endpoint, exception.InnerException as JsonException);
        return error.Message.Length > 0 ? error : EndpointInfo.For(endpoint, JsonOf(context)).Form?.ErrorOf(exception.Message) ?? error;
    }

    /// <summary>Returns the error of a request of which something could not be read.</summary>
    /// <param name="context">The request's context.</param>
    /// <param name="endpoint">What it asked for.</param>
    /// <param name="error">What the serializer said of the body; null when nobody has looked at it.</param>
    public static async ValueTask<ApiError> ReadAsync(HttpContext context, Endpoint endpoint, JsonException? error)
    {
        var json = JsonOf(context);
        var (info, errors) = (EndpointInfo.For(endpoint, json), new ValidationErrors());
        var isRead = context.Features.Get<ParametersRead>() is not null;
        foreach (var parameter in info.Parameters)
        {
            if (parameter.Error(context.Request, isRead, json) is { } text)
            {
                errors.Add(text == JsonErrorMessages.Twice ? parameter.Name : parameter.CallerName(context.Request), text, parameter.ErrorSource);
            }
        }

        if (!isRead && info.Form is { } form && context.Request.HasFormContentType)
        {
            form.Read(context.Request.Form, errors);
        }

        foreach (var parameter in info.Declared)
        {
            if (parameter.Error(context.Request) is { } text)
            {
                errors.Add(parameter.Name, text, ErrorSource.Query);
            }
        }

        foreach (var name in context.Request.Query.Keys.Where(name => info.Known?.Contains(name) == false))
        {
            errors.Add(ErrorPath.Join("", name), Unknown(info), ErrorSource.Query);
        }

        var body = info.ReadsJson ? await BodyAsync(context, info, error, errors, json) : null;
        return body ?? (errors.Any ? errors.ToError() : new ApiError(StatusCodes.Status400BadRequest));
    }

    private static JsonSerializerOptions JsonOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    /// <summary>Returns the error of a form that cannot be taken apart.</summary>
    public static ApiError UnreadableForm(HttpRequest request)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new ApiError(StatusCodes.Status400BadRequest, "The form has a NUL character, too many members, or one that is too long.");
        }

        var errors = new ValidationErrors();
        errors.Add("Content-Type", request.ContentType?.Contains("boundary=", StringComparison.OrdinalIgnoreCase) == true
            ? "names a boundary by which the body cannot be read"
            : "must have the boundary of the form's parts", ErrorSource.Header);
        return errors.ToError();
    }

    private static string Unknown(EndpointInfo info)
    {
        var known = info.Parameters.Where(parameter => parameter.Source == ParameterSource.Query).Select(parameter => parameter.Name)
            .Concat(info.Declared.Select(parameter => parameter.Name)).ToList();
        return known.Count == 0
            ? "is not known here, as no query parameter is"
            : $"is not known here; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}";
    }

    // Null when the body is valid, or when its errors are among the others.
    private static async ValueTask<ApiError?> BodyAsync(HttpContext context, EndpointInfo info, JsonException? error, ValidationErrors errors,
        JsonSerializerOptions json)
    {
        var shape = info.BodyShape;
        var type = shape is null ? null : json.GetTypeInfo(shape.Type);
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
            return error is not null ? JsonErrorReader.First(error, type) : !errors.Any
                && context.Request.ContentLength is 0 or null ? JsonErrorReader.Empty() : null;
        }

        if (JsonErrorReader.Malformed(text, json) is { } malformed)
        {
            // A parameter was wrong before the body was read.
            return errors.Any && error is null ? null : malformed;
        }

        var had = errors.Any;
        var whole = shape is null ? null : JsonErrorReader.Walk(text, shape, json, errors);
        return whole is not null && !had ? whole : !errors.Any && error is not null ? JsonErrorReader.First(error, type) : null;
    }
}
