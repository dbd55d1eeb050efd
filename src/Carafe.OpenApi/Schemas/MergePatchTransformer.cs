using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>A merge patch (RFC 7396) of a type has the type's members, none of them required; null removes one that may be absent.</summary>
internal sealed class MergePatchTransformer : IOpenApiDocumentTransformer
{
    private const string MediaType = "application/merge-patch+json";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations!.Values))
        {
            if (operation.RequestBody?.Content is { } content && content.TryGetValue(MediaType, out var patch) && patch.Schema is OpenApiSchemaReference { Reference.Id: { } id })
            {
                foreach (var media in content.Values)
                {
                    media.Schema = new OpenApiSchemaReference(PatchOf(id, document), document);
                }
            }
        }

        return Task.CompletedTask;
    }

    private static string PatchOf(string id, OpenApiDocument document)
    {
        var name = (id.EndsWith("Request", StringComparison.Ordinal) ? id[..^"Request".Length] : id) + "Patch";
        if (document.Components!.Schemas!.ContainsKey(name) || document.Components.Schemas[id] is not OpenApiSchema full)
        {
            return name;
        }

        document.AddComponent<IOpenApiSchema>(name, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "A JSON merge patch (RFC 7396): an absent member stays as it is, null removes it.",
            Properties = full.Properties!.ToDictionary(member => member.Key, member => Loosen(member.Value, removable: full.Required?.Contains(member.Key) != true)),
            AdditionalPropertiesAllowed = full.AdditionalPropertiesAllowed,
        });
        return name;
    }

    private static IOpenApiSchema Loosen(IOpenApiSchema member, bool removable)
    {
        var loose = member.CreateShallowCopy();
        if (loose is OpenApiSchema own)
        {
            own.Default = null;
            own.Type = removable ? own.Type | JsonSchemaType.Null : own.Type;
        }

        return loose;
    }
}
