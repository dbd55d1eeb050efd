using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>Gives a merge patch (RFC 7396) the members of its type, none of them required; null removes one that may be absent.</summary>
internal sealed class MergePatchTransformer : IOpenApiDocumentTransformer
{
    private const string MediaType = "application/merge-patch+json";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var made = new Dictionary<string, string>();
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations!.Values))
        {
            if (operation.RequestBody?.Content is { } content && content.TryGetValue(MediaType, out var patch)
                && patch.Schema is OpenApiSchemaReference { Reference.Id: { } id })
            {
                foreach (var media in content.Values)
                {
                    media.Schema = PatchOf(id, document, made);
                }
            }
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchemaReference PatchOf(string id, OpenApiDocument document, Dictionary<string, string> made)
    {
        if (made.TryGetValue(id, out var known))
        {
            return new OpenApiSchemaReference(known, document);
        }

        if (document.Components!.Schemas![id] is not OpenApiSchema { Properties: { } members } full)
        {
            return new OpenApiSchemaReference(id, document);
        }

        var name = (id.EndsWith("Request", StringComparison.Ordinal) ? id[..^"Request".Length] : id) + "Patch";
        name = document.Components.Schemas.ContainsKey(name) ? id + "MergePatch" : name;
        made[id] = name;
        var loose = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "A JSON merge patch (RFC 7396): an absent member stays as it is, null removes it.",
            AdditionalPropertiesAllowed = full.AdditionalPropertiesAllowed,
        };
        document.AddComponent<IOpenApiSchema>(name, loose);
        loose.Properties = members.ToDictionary(member => member.Key,
            member => Loosen(member.Value, full.Required?.Contains(member.Key) != true, document, made));
        return new OpenApiSchemaReference(name, document);
    }

    // What is in an object is merged into what is there; a list is replaced as a whole.
    private static IOpenApiSchema Loosen(IOpenApiSchema member, bool removable, OpenApiDocument document, Dictionary<string, string> made)
    {
        if (member is OpenApiSchemaReference { Reference.Id: { } id })
        {
            var patch = PatchOf(id, document, made);
            return removable ? new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, patch] } : patch;
        }

        var loose = member.CreateShallowCopy();
        if (loose is OpenApiSchema own)
        {
            own.Default = null;
            own.Type = removable && own.OneOf is null && own.AnyOf is null ? own.Type | JsonSchemaType.Null : own.Type;
            own.OneOf = own.OneOf?.Select(choice => Loosen(choice, removable: false, document, made)).ToList();
            own.AdditionalProperties = own.AdditionalProperties is { } value ? Loosen(value, removable: true, document, made) : null;
        }

        return loose;
    }
}
