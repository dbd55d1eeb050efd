using System.Globalization;
using Carafe.Errors;
using Carafe.Limits;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.OpenApi.Responses;

/// <summary>Documents every error of an endpoint: those it declares, and those that follow from its signature, its body and who may call it.</summary>
internal sealed class ErrorResponsesTransformer(
    IOptions<JsonOptions> json, IEnumerable<IEndpointLimiter> limiters, IErrorFormat format, IOptions<ErrorStatuses> sent, TokenCarrier carrier)
    : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var body = ErrorSchemas.AddTo(document, operation, format, json.Value.SerializerOptions.PropertyNamingPolicy);
        var statuses = Statuses(operation, context).Distinct().Order().ToList();
        var successes = operation.Responses!.Where(response => !IsError(response.Key)).ToList();
        operation.Responses = [];
        foreach (var (status, response) in successes)
        {
            operation.Responses[status] = response;
        }

        foreach (var status in statuses)
        {
            operation.Responses[Key(status)] = new OpenApiResponseReference(Component(document, body, status), document);
        }

        return Task.CompletedTask;
    }

    private IEnumerable<int> Statuses(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var sources = context.Description.ParameterDescriptions.Select(parameter => parameter.Source).ToHashSet();
        var open = context.Description.ActionDescriptor.EndpointMetadata.Any(item => item is IAllowAnonymous);
        var limited = limiters.Any(limiter => limiter.IsLimited([.. context.Description.ActionDescriptor.EndpointMetadata]));
        var named = operation.Responses!.Keys.Where(IsError).Select(key => int.Parse(key, CultureInfo.InvariantCulture));
        int[] own =
        [
            .. named,
            // Any request can be malformed, any server can fail or be unavailable.
            400, 500, 503,
            .. operation.Security is { Count: > 0 } ? [401] : Array.Empty<int>(),
            .. operation.Security is { Count: > 0 } ways && ((!open && ways.All(way => way.Count > 0)) || ways.Any(way => way.Count > 1))
            ? [403]
            : Array.Empty<int>(),
            .. sources.Contains(BindingSource.Path) ? [404] : Array.Empty<int>(),
            .. operation.Responses.Any(response => response.Key != ErrorSchemas.OwnExample
            && response.Value.Content?.Keys.Any(type => type != "*/*") == true) ? [406] : Array.Empty<int>(),
            .. limited ? [429] : Array.Empty<int>(),
            .. operation.RequestBody is not null ? [413, 415] : Array.Empty<int>(),
        ];
        var hasMembers = operation.RequestBody is not null || operation.Parameters is { Count: > 0 };
        return [.. own.Select(status => sent.Value.For(status)), .. hasMembers ? [sent.Value.Validation] : Array.Empty<int>()];
    }

    private string Component(OpenApiDocument document, IOpenApiSchema body, int status)
    {
        var phrase = ReasonPhrases.GetReasonPhrase(status);
        var name = string.Concat(phrase.Where(char.IsAsciiLetterOrDigit));
        if (document.Components?.Responses?.ContainsKey(name) != true)
        {
            document.AddComponent<IOpenApiResponse>(name, new OpenApiResponse
            {
                Description = $"{phrase}. {DefaultErrorMessages.For(status)}",
                Headers = Headers(status),
                Content = ErrorSchemas.Content(document, format, body, status, phrase, json.Value.SerializerOptions),
            });
        }

        return name;
    }

    private Dictionary<string, IOpenApiHeader>? Headers(int status) => status switch
    {
        401 => new() { ["WWW-Authenticate"] = ResponseHeadersTransformer.Header("How to authenticate (RFC 6750 section 3).", carrier.Scheme) },
        429 => new()
        {
            ["Retry-After"] = ResponseHeadersTransformer.Header("How many seconds to wait (RFC 9110 section 10.2.3).", "30"),
            ["RateLimit"] = ResponseHeadersTransformer.Header(ResponseHeadersTransformer.RateLimit.Description, "\"auth.Register\";r=0;t=30"),
            ["RateLimit-Policy"] = ResponseHeadersTransformer.Header(ResponseHeadersTransformer.RateLimitPolicy.Description,
                ResponseHeadersTransformer.RateLimitPolicy.Example),
        },
        503 => new() { ["Retry-After"] = ResponseHeadersTransformer.Header("How many seconds to wait (RFC 9110 section 10.2.3).", "30") },
        _ => null,
    };

    private static bool IsError(string status) => status[0] is '4' or '5';

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
