using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Responses;

/// <summary>
/// Documents conditional requests (RFC 9110 section 13), repeated ones (Idempotency-Key) and deprecation (RFC 9745, RFC 8594) from the metadata of their
/// conventions.
/// </summary>
internal sealed class HttpSemanticsTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var produced = metadata.OfType<IProducesResponseTypeMetadata>().ToList();
        var errors = produced.Select(response => response.StatusCode).ToHashSet();
        if (metadata.OfType<ETagMetadata>().Any() && produced.Any(response => typeof(IETagged).IsAssignableFrom(response.Type)))
        {
            const string Description = "The version of the representation, for If-Match and If-None-Match (RFC 9110 section 8.8.3).";
            ResponseHeadersTransformer.AddTo(operation, new("ETag", Description) { Example = "\"1.5f2c9a7be01d3c44\"" });
            if (HttpMethods.IsGet(context.Description.HttpMethod ?? ""))
            {
                operation.Responses!["304"] = new OpenApiResponse { Description = "Not Modified. What you have is what there is (RFC 9110 section 15.4.5)." };
                AddHeader(operation, "If-None-Match", "An ETag that you have: 304 when it is still the one (RFC 9110 section 13.1.2).", required: false);
                operation.Responses.TryAdd("412", new OpenApiResponse());
                errors.Add(StatusCodes.Status412PreconditionFailed);
            }
        }

        if (errors.Contains(StatusCodes.Status412PreconditionFailed))
        {
            AddHeader(operation, "If-Match", "The ETag that you read: 412 when it is no longer the one (RFC 9110 section 13.1.1).",
                errors.Contains(StatusCodes.Status428PreconditionRequired));
        }

        if (metadata.OfType<IdempotencyMetadata>().LastOrDefault() is { } idempotency)
        {
            AddHeader(operation, "Idempotency-Key",
                "A key of your own: repeated with the same key, the request runs once and the first response is sent again.", idempotency.Required);
            // In progress, and the same key with another payload.
            operation.Responses!.TryAdd("409", new OpenApiResponse());
            operation.Responses.TryAdd("422", new OpenApiResponse());
        }

        if (metadata.OfType<DeprecationMetadata>().LastOrDefault() is { } notice)
        {
            operation.Deprecated = true;
            ResponseHeadersTransformer.AddTo(operation,
                new("Deprecation", "Since when this is deprecated (RFC 9745).")
                {
                    Example = "@"
                    + notice.On.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
                });
            if (notice.Sunset is not null)
            {
                ResponseHeadersTransformer.AddTo(operation, new("Sunset", "When this stops answering (RFC 8594)."));
            }

            if (notice.Link is not null)
            {
                ResponseHeadersTransformer.AddTo(operation, new("Link", "Where to read what to use instead (RFC 8288)."));
            }
        }

        return Task.CompletedTask;
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description, bool required)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Required = required,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }
}
