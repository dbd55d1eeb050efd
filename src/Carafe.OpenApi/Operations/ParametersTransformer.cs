using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Operations;

/// <summary>Adds the parameters that an endpoint reads by itself, such as those of a page.</summary>
internal sealed class ParametersTransformer : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in context.Description.ActionDescriptor.EndpointMetadata.OfType<RequestParameterMetadata>().DistinctBy(parameter => parameter.Name))
        {
            var schema = await context.GetOrCreateSchemaAsync(parameter.Type, null, cancellationToken);
            schema.Minimum = parameter.Minimum?.ToString(CultureInfo.InvariantCulture);
            schema.Maximum = parameter.Maximum?.ToString(CultureInfo.InvariantCulture);
            schema.Default = parameter.Default is { } value ? JsonValue.Create(value) : null;
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
                Required = parameter.Required,
                Description = parameter.Description,
                Schema = schema,
            });
        }
    }
}
