using System.Globalization;
using System.Text.Json.Nodes;
using Carafe.Limits;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Responses;

/// <summary>Documents the headers of responses: Location on 201, and those that metadata names.</summary>
internal sealed class ResponseHeadersTransformer(IEnumerable<IEndpointLimiter> limiters) : IOpenApiOperationTransformer
{
    public static readonly ResponseHeaderMetadata RateLimit =
        new("RateLimit", "What is left of each limit, and the seconds until more is there (draft-ietf-httpapi-ratelimit-headers).")
        {
            Example = "\"auth.Register\";r=9;t=6",
        };

    public static readonly ResponseHeaderMetadata RateLimitPolicy =
        new("RateLimit-Policy", "The limits that apply: how many in how many seconds (draft-ietf-httpapi-ratelimit-headers).")
        {
            Example = "\"auth.Register\";q=10;w=60",
        };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        AddTo(operation, new("Location", "Where the new resource is (RFC 9110 section 15.3.2).", StatusCodes.Status201Created) { Example = "/1" });
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (limiters.Any(limiter => limiter.IsLimited([.. metadata])))
        {
            AddTo(operation, RateLimit);
            AddTo(operation, RateLimitPolicy);
        }

        foreach (var header in metadata.OfType<ResponseHeaderMetadata>())
        {
            AddTo(operation, header);
        }

        return Task.CompletedTask;
    }

    public static void AddTo(OpenApiOperation operation, ResponseHeaderMetadata header)
    {
        foreach (var (key, response) in operation.Responses!)
        {
            var status = int.Parse(key, CultureInfo.InvariantCulture);
            if (response is OpenApiResponse own && (header.Statuses.Length == 0 ? status < 300 : header.Statuses.Contains(status)))
            {
                own.Headers ??= new Dictionary<string, IOpenApiHeader>();
                own.Headers[header.Name] = Header(header.Description, header.Example);
            }
        }
    }

    public static OpenApiHeader Header(string description, string? example = null) => new()
    {
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = example is null ? null : JsonValue.Create(example),
    };
}
