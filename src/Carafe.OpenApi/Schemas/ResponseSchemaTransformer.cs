using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Carafe.Validation;
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
            if (schema is OpenApiSchema { Properties: not null } described && _members.TryGetValue(id, out var members))
            {
                if (taken.Contains(id))
                {
                    RequireOpen(described, members);
                }
                else
                {
                    Sharpen(described, members);
                }
            }
        }

        return Task.CompletedTask;
    }

    private static void Sharpen(OpenApiSchema schema, JsonPropertyInfo[] members)
    {
        schema.Required ??= new HashSet<string>();
        foreach (var member in members.Where(member => schema.Properties!.ContainsKey(member.Name)))
        {
            var (mayBeNull, isOmitted) = (MayBeNull(member), Condition(member) == JsonIgnoreCondition.WhenWritingNull);
            if (Condition(member) == JsonIgnoreCondition.Never || (isOmitted && !mayBeNull))
            {
                schema.Required.Add(member.Name);
            }

            if (isOmitted || !mayBeNull)
            {
                schema.Properties![member.Name] = WithoutNull(schema.Properties[member.Name]);
            }
        }
    }

    // The platform takes a member of a type parameter's type for one that may be null, and so may be left out where null may.
    private static void RequireOpen(OpenApiSchema schema, JsonPropertyInfo[] members)
    {
        foreach (var member in members.Where(member => member.AssociatedParameter is { HasDefaultValue: false } && !MayBeNull(member)
            && member.AttributeProvider is MemberInfo info && NullableShape.IsOpen(info)))
        {
            (schema.Required ??= new HashSet<string>()).Add(member.Name);
        }
    }

    private static bool MayBeNull(JsonPropertyInfo member) =>
        Nullable.GetUnderlyingType(member.PropertyType) is not null
        || (!member.PropertyType.IsValueType && (member.AttributeProvider is MemberInfo { DeclaringType: { } owner } info && NullableShape.IsOpen(info)
            ? NullableShape.Of(owner).Member(info).AllowsNull
            : member.IsGetNullable));

    private static IOpenApiSchema WithoutNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema { Type: { } type } own && type != JsonSchemaType.Null)
        {
            own.Type = type & ~JsonSchemaType.Null;
        }

        return schema is OpenApiSchema { OneOf: [{ Type: JsonSchemaType.Null }, var only] } ? only : schema;
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
