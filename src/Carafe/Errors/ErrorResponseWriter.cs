using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Carafe.Http;
using Carafe.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Errors;

/// <summary>The one place that writes an error body. The platform's own writers (validation, TypedResults.Problem) come through it as well.</summary>
internal sealed class ErrorResponseWriter(IOptions<JsonOptions> json) : IProblemDetailsService
{
    private const string ProblemJson = "application/problem+json";

    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    public ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        if (context.Exception is not null || context.HttpContext.Response.HasStarted)
        {
            return ValueTask.FromResult(false);
        }

        return new(WriteProblemAsync(context));
    }

    public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

    private async Task<bool> WriteProblemAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        var status = problem.Status ?? context.HttpContext.Response.StatusCode;
        await WriteAsync(context.HttpContext, problem is HttpValidationProblemDetails { Errors.Count: > 0 } rules
            ? ValidationErrorTranslator.Read(rules.Errors, context.HttpContext, _json).ToError(status)
            : new ApiError(status, problem.Detail ?? ""));
        return true;
    }

    public Task WriteAsync(HttpContext context, ApiError error)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (error.Status == StatusCodes.Status401Unauthorized && response.Headers.WWWAuthenticate.Count == 0)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (error.Status == StatusCodes.Status415UnsupportedMediaType)
        {
            AcceptHeaders.Add(context);
        }

        if (error.Status == StatusCodes.Status408RequestTimeout && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // RFC 9110 section 15.5.9. The rest of the request may still come, and must not be taken for another.
            response.Headers.Connection = "close";
        }

        SecurityHeaders.Set(context);
        response.Headers.CacheControl = "no-store";
        response.Headers.ETag = default;
        var phrase = ReasonPhrases.GetReasonPhrase(error.Status);
        var message = error.Message.Length > 0 ? error.Message : DefaultErrorMessages.For(error.Status);
        if (!WantsProblem(context.Request))
        {
            var body = new ErrorBody(phrase, message, error.Status) { Errors = error.Errors, Reason = error.Reason, TraceId = TraceId(context) };
            return response.WriteAsJsonAsync(body, _json, "application/json; charset=utf-8");
        }

        var problem = new ProblemDetails { Type = "about:blank", Title = phrase, Status = error.Status, Detail = message, Instance = context.Request.Path };
        Extend(problem, "errors", error.Errors);
        Extend(problem, "reason", error.Reason);
        Extend(problem, "trace_id", TraceId(context));
        return response.WriteAsJsonAsync(problem, _json, ProblemJson);
    }

    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    private static void Extend(ProblemDetails problem, string name, object? value)
    {
        if (value is not null)
        {
            problem.Extensions[name] = value;
        }
    }

    private static bool WantsProblem(HttpRequest request) =>
        request.Headers.Accept.Count > 0
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(ProblemJson, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
}
