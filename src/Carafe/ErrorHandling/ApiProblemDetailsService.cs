using System.Text.Json;
using Carafe.Binding;
using Microsoft.AspNetCore.Mvc;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.ErrorHandling;

/// <summary>
/// Writes the platform's problem details (validation, <c>TypedResults.Problem</c>) in the standard error format. An app that replaces it writes every
/// error itself.
/// </summary>
internal sealed class ApiProblemDetailsService(ErrorResponseWriter writer, IOptions<JsonOptions> json) : IProblemDetailsService
{
    public ValueTask<bool> TryWriteAsync(ProblemDetailsContext context) =>
        context.Exception is not null || context.HttpContext.Response.HasStarted
            ? ValueTask.FromResult(false)
            : new(WriteProblemAsync(context.HttpContext, context.ProblemDetails));

    public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

    private async Task<bool> WriteProblemAsync(HttpContext context, ProblemDetails problem)
    {
        if (problem is ApiProblemDetails own)
        {
            await writer.WriteBodyAsync(context, own);
            return true;
        }

        var status = problem.Status ?? context.Response.StatusCode;
        await writer.WriteAsync(context, problem is HttpValidationProblemDetails { Errors.Count: > 0 } rules
            ? ValidationErrorTranslator.Read(rules.Errors, context, json.Value.SerializerOptions).ToError(status)
            : new ApiError(status, problem.Detail ?? ""));
        return true;
    }
}

/// <summary>Represents an error as RFC 9457 problem details.</summary>
internal sealed class ApiProblemDetails : ProblemDetails
{
    public ApiProblemDetails(ErrorDetails error, string path, JsonNamingPolicy? names)
    {
        (Details, Type, Title, Status, Detail, Instance) = (error, "about:blank", error.Title, error.Status, error.Message, path);
        Extend("Errors", error.Errors);
        Extend("Reason", error.Reason);
        Extend("TraceId", error.TraceId);

        void Extend(string name, object? value)
        {
            if (value is not null)
            {
                Extensions[names?.ConvertName(name) ?? name] = value;
            }
        }
    }

    internal ErrorDetails Details { get; }
}
