using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carafe.Errors;
using Carafe.Headers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.ErrorHandling;

/// <summary>Writes every error body. The platform's own writers (validation, TypedResults.Problem) use it as well.</summary>
internal sealed class ErrorResponseWriter(
    IOptions<JsonOptions> json, IEnumerable<IErrorFormat> formats, IOptions<ErrorStatuses> statuses, IOptions<ProblemDetailsOptions> problems,
    ErrorMetrics metrics, ILogger<ErrorResponseWriter> logger) : IErrorWriter
{
    private const string ProblemJson = "application/problem+json";

    private readonly ErrorFormats _formats = new(formats);

    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    // RFC 9457 section 3.1.2: the status is a number.
    private readonly JsonSerializerOptions _problemJson = json.Value.SerializerOptions.NumberHandling == JsonNumberHandling.Strict
        ? json.Value.SerializerOptions
        : new(json.Value.SerializerOptions) { NumberHandling = JsonNumberHandling.Strict };

    private readonly ErrorStatuses _statuses = statuses.Value;

    public async Task WriteAsync(HttpContext context, ApiError error)
    {
        error = ErrorSources.WithPaths(context, error, _json);
        var (response, status) = (context.Response, _statuses.For(error.Status, error.Errors is { Count: > 0 }));
        response.StatusCode = status;
        metrics.Sent(status, error.Reason);
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (status == StatusCodes.Status401Unauthorized && response.Headers.WWWAuthenticate.Count == 0)
        {
            response.Headers.WWWAuthenticate = context.RequestServices.GetRequiredService<TokenCarrier>().Scheme;
        }

        if (status == StatusCodes.Status415UnsupportedMediaType)
        {
            AcceptHeaders.Add(context);
        }

        if (status == StatusCodes.Status408RequestTimeout && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // RFC 9110 section 15.5.9. The rest of the request may still arrive and must not be taken for the next one.
            response.Headers.Connection = "close";
        }

        SecurityHeaders.Set(context);
        response.Headers.CacheControl = "no-store";
        response.Headers.ETag = default;
        var message = error.Message.Length > 0 ? error.Message : DefaultErrorMessages.For(error.Status);
        var details = new ErrorDetails(status, ReasonPhrases.GetReasonPhrase(status), message)
        {
            Reason = error.Reason,
            TraceId = TraceIds.Of(context),
            Errors = error.Errors,
            Members = ErrorSources.Members(context, error, _json),
        };
        var problem = new ApiProblemDetails(details, context.Request.Path, _json.PropertyNamingPolicy);
        context.Features.Set(details);
        // The platform's seam: an app may have put its own there.
        if (!await context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem }))
        {
            await WriteBodyAsync(context, problem);
        }
    }

    public Task WriteBodyAsync(HttpContext context, ApiProblemDetails problem)
    {
        if (_formats.Sent.Options is not { ProblemDetails: true, MediaType: not ProblemJson } || !WantsProblem(context.Request))
        {
            var (format, body, failure) = _formats.Make(problem.Details, _json);
            if (failure is not null)
            {
                logger.LogError(failure, "The error format {Format} failed on an error {Status}, trace {TraceId}: the standard body is sent",
                    _formats.Sent.BodyType.Name, problem.Details.Status, problem.Details.TraceId);
            }

            context.Response.ContentType = format.ContentType;
            return context.Response.Body.WriteAsync(body).AsTask();
        }

        problems.Value.CustomizeProblemDetails?.Invoke(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
        return context.Response.WriteAsJsonAsync<ProblemDetails>(problem, _problemJson, ProblemJson);
    }

    private static bool WantsProblem(HttpRequest request) =>
        request.Headers.Accept.Count > 0
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(ProblemJson, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
}
