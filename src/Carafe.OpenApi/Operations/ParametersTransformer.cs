using System.Globalization;
using System.Text.Json.Nodes;
using Carafe.Binding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.OpenApi.Operations;

/// <summary>Names the query parameters as the caller does, and adds those that a type reads by itself, such as those of a page.</summary>
internal sealed class ParametersTransformer(IOptions<JsonOptions> json) : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        Rename(operation, context);
        foreach (var parameter in context.Description.ActionDescriptor.EndpointMetadata.OfType<RequestParameterMetadata>()
            .DistinctBy(parameter => parameter.Name))
        {
            operation.Parameters ??= [];
            if (parameter.Choices is { } choices)
            {
                operation.Parameters.Add(List(parameter, choices));
                continue;
            }

            var schema = await context.GetOrCreateSchemaAsync(parameter.Type, null, cancellationToken);
            schema.Minimum = parameter.Minimum?.ToString(CultureInfo.InvariantCulture);
            schema.Maximum = parameter.Maximum?.ToString(CultureInfo.InvariantCulture);
            schema.Default = parameter.Default is { } value ? JsonValue.Create(value) : null;
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

    // Separated by commas: style form, not exploded.
    private static OpenApiParameter List(RequestParameterMetadata parameter, IReadOnlyList<string> choices) => new()
    {
        Name = parameter.Name,
        In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
        Required = parameter.Required,
        Description = parameter.Description,
        Style = parameter.IsHeader ? ParameterStyle.Simple : ParameterStyle.Form,
        Explode = false,
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. choices.Select(choice => (JsonNode)JsonValue.Create(choice))] },
            Default = parameter.Default is string names ? new JsonArray([.. names.Split(',').Select(name => (JsonNode)JsonValue.Create(name))]) : null,
        },
    };

    private void Rename(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var endpoint = new Endpoint(null, new EndpointMetadataCollection(context.Description.ActionDescriptor.EndpointMetadata), null);
        foreach (var bound in BoundParameter.Of(endpoint, json.Value.SerializerOptions).Where(bound => bound.Name != bound.BinderName))
        {
            if (bound.Source == ParameterSource.Query && operation.Parameters?.OfType<OpenApiParameter>()
                .FirstOrDefault(parameter => parameter.In == ParameterLocation.Query && parameter.Name == bound.BinderName) is { } query)
            {
                query.Name = bound.Name;
            }
            else if (bound.Source == ParameterSource.Form)
            {
                foreach (var form in operation.RequestBody?.Content?.Values.Select(media => media.Schema).OfType<OpenApiSchema>() ?? [])
                {
                    Rename(form, bound);
                }
            }
        }
    }

    // The platform puts each parameter into a schema of its own and requires it of the whole.
    private static void Rename(OpenApiSchema form, BoundParameter bound)
    {
        if (form.Required?.Remove(bound.BinderName) == true)
        {
            form.Required.Add(bound.Name);
        }

        foreach (var part in (form.AllOf ?? []).OfType<OpenApiSchema>().Prepend(form))
        {
            if (part.Properties?.Remove(bound.BinderName, out var schema) == true)
            {
                part.Properties[bound.Name] = schema;
            }
        }
    }
}
