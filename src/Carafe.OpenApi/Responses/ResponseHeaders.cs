using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Responses;

/// <summary>Documents the headers of answers: Location on 201, and those that metadata names.</summary>
internal sealed class ResponseHeaders : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var headers = context.Description.ActionDescriptor.EndpointMetadata.OfType<ResponseHeaderMetadata>().ToList();
        foreach (var (key, response) in operation.Responses!)
        {
            if (response is not OpenApiResponse own)
            {
                continue;
            }

            var status = int.Parse(key, CultureInfo.InvariantCulture);
            if (status == StatusCodes.Status201Created)
            {
                Add(own, "Location", Header("Where the new resource is (RFC 9110 section 15.3.2).", "/1", "uri-reference"));
            }

            foreach (var header in headers.Where(header => header.Statuses.Length == 0 ? status < 300 : header.Statuses.Contains(status)))
            {
                Add(own, header.Name, Header(header.Description, header.Example));
            }
        }

        return Task.CompletedTask;
    }

    public static OpenApiHeader Header(string description, string? example = null, string? format = null) => new()
    {
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = format },
        Example = example is null ? null : JsonValue.Create(example),
    };

    private static void Add(OpenApiResponse response, string name, OpenApiHeader header)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = header;
    }
}
