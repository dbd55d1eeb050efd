using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Responses;

/// <summary>Names the app's own media type of JSON, where the platform knows <c>application/json</c>.</summary>
internal sealed class JsonMediaTypeTransformer(IOptions<JsonConventionOptions> conventions) : IOpenApiDocumentTransformer
{
    private const string Platform = "application/json";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        if (conventions.Value.MediaType != Platform)
        {
            foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
            {
                Rename(operation);
            }
        }

        return Task.CompletedTask;
    }

    private void Rename(OpenApiOperation operation)
    {
        if (operation.RequestBody is OpenApiRequestBody body)
        {
            body.Content = Renamed(body.Content);
        }

        // Errors are references, and have the type of their format.
        foreach (var response in operation.Responses?.Values.OfType<OpenApiResponse>() ?? [])
        {
            response.Content = Renamed(response.Content);
        }
    }

    private Dictionary<string, OpenApiMediaType>? Renamed(IDictionary<string, OpenApiMediaType>? content) =>
        content?.ToDictionary(media => media.Key == Platform ? conventions.Value.MediaType : media.Key, media => media.Value);
}
