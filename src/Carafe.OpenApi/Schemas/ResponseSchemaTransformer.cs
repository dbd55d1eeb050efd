using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>
/// Makes the schemas of responses exact. The platform describes what a type accepts. In a response a member that is never left out is required, and one
/// that is left out when null is never null.
/// </summary>
internal sealed class ResponseSchemaTransformer(Func<JsonTypeInfo, string?> nameOf) : IOpenApiSchemaTransformer, IOpenApiDocumentTransformer
{
    private readonly ConcurrentDictionary<string, JsonPropertyInfo[]> _members = new();

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Object } type && nameOf(type) is { } id)
        {
            _members[id] = [.. type.Properties.Where(member => member.Get is not null)];
        }

        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var taken = Taken(document);
        foreach (var (id, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (!taken.Contains(id) && schema is OpenApiSchema { Properties: not null } returned && _members.TryGetValue(id, out var members))
            {
                Sharpen(returned, members);
            }
        }

        return Task.CompletedTask;
    }

    private static void Sharpen(OpenApiSchema schema, JsonPropertyInfo[] members)
    {
        schema.Required ??= new HashSet<string>();
        foreach (var member in members.Where(member => schema.Properties!.ContainsKey(member.Name)))
        {
            switch (Condition(member))
            {
                case JsonIgnoreCondition.Never:
                case JsonIgnoreCondition.WhenWritingNull when !member.IsGetNullable && Nullable.GetUnderlyingType(member.PropertyType) is null:
                    schema.Required.Add(member.Name);
                    break;
                case JsonIgnoreCondition.WhenWritingNull when schema.Properties![member.Name] is OpenApiSchema { Type: { } type } value:
                    value.Type = type & ~JsonSchemaType.Null;
                    break;
            }
        }
    }

    private static JsonIgnoreCondition Condition(JsonPropertyInfo member) =>
        member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true).OfType<JsonIgnoreAttribute>().FirstOrDefault()?.Condition
            ?? member.Options.DefaultIgnoreCondition;

    private static HashSet<string> Taken(OpenApiDocument document)
    {
        var taken = new HashSet<string>();
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
        {
            foreach (var schema in operation.RequestBody?.Content?.Values.Select(content => content.Schema) ?? [])
            {
                Follow(schema, taken);
            }
        }

        return taken;
    }

    private static void Follow(IOpenApiSchema? schema, HashSet<string> taken)
    {
        if (schema is null || (schema is OpenApiSchemaReference { Reference.Id: { } id } && !taken.Add(id)))
        {
            return;
        }

        IEnumerable<IOpenApiSchema?> parts = [schema.Items, schema.AdditionalProperties, .. schema.Properties?.Values ?? [], .. schema.OneOf
            ?? [], .. schema.AnyOf ?? [], .. schema.AllOf ?? []];
        foreach (var part in parts)
        {
            Follow(part, taken);
        }
    }
}
