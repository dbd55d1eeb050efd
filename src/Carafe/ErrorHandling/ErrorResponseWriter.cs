using System.Globalization;
using System.Text.Json;
using Carafe.Errors;
using Carafe.Headers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.ErrorHandling;

/// <summary>Writes every error body. The platform's own writers (validation, TypedResults.Problem) use it as well.</summary>
internal sealed class ErrorResponseWriter(IOptions<JsonOptions> json) : IErrorWriter
{
    private const string ProblemJson = "application/problem+json";

    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    public async Task WriteAsync(HttpContext context, ApiError error)
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
            // RFC 9110 section 15.5.9. The rest of the request may still arrive and must not be taken for the next one.
            response.Headers.Connection = "close";
        }

        SecurityHeaders.Set(context);
        response.Headers.CacheControl = "no-store";
        response.Headers.ETag = default;
        var phrase = ReasonPhrases.GetReasonPhrase(error.Status);
        var message = error.Message.Length > 0 ? error.Message : DefaultErrorMessages.For(error.Status);
        var problem = new ApiProblemDetails(error, phrase, message, context, _json.PropertyNamingPolicy);
        // The platform's seam: an app may have put its own there.
        if (!await context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem }))
        {
            await WriteBodyAsync(context, problem);
        }
    }

    public Task WriteBodyAsync(HttpContext context, ApiProblemDetails problem)
    {
        if (WantsProblem(context.Request))
        {
            return context.Response.WriteAsJsonAsync<ProblemDetails>(problem, _json, ProblemJson);
        }

        var (error, trace) = (problem.ApiError, TraceIds.Of(context));
        return context.Response.WriteAsJsonAsync(
            new ErrorBody(problem.Title!, problem.Detail!, error.Status) { Errors = error.Errors, Reason = error.Reason, TraceId = trace }, _json,
            "application/json; charset=utf-8");
    }

    private static bool WantsProblem(HttpRequest request) =>
        request.Headers.Accept.Count > 0
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(ProblemJson, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
}
