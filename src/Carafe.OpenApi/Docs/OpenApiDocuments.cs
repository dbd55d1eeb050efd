using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Docs;

/// <summary>Provides the app's documents as text. They are the same for everybody, so each is made once.</summary>
internal sealed class OpenApiDocuments(IServiceProvider services)
{
    public const string Default = "v1";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Name, string Format), Lazy<Task<DocumentText>>> _made = new();

    public bool Has(string name) => services.GetKeyedService<IOpenApiDocumentProvider>(name) is not null;

    public Task<DocumentText> ReadAsync(string name, string format) =>
        _made.GetOrAdd((name, format), key => new(() => MakeAsync(key.Name, key.Format))).Value;

    private async Task<DocumentText> MakeAsync(string name, string format)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(name).GetOpenApiDocumentAsync();
        var text = await (format == "yaml"
            ? document.SerializeAsYamlAsync(OpenApiSpecVersion.OpenApi3_1)
            : document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
        var bytes = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n").TrimEnd() + "\n");
        return DocumentText.Of(bytes);
    }
}

internal sealed record DocumentText(byte[] Utf8, string Hash)
{
    /// <summary>Returns the text as it is served under a path base, which is the document's server.</summary>
    public DocumentText Under(PathString pathBase)
    {
        if (!pathBase.HasValue)
        {
            return this;
        }

        var bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Utf8)
            .Replace("\"url\": \"/\"", $"\"url\": \"{pathBase.ToUriComponent()}\"", StringComparison.Ordinal)
            .Replace("- url: /\n", $"- url: {pathBase.ToUriComponent()}\n", StringComparison.Ordinal));
        return Of(bytes);
    }

    public static DocumentText Of(byte[] bytes) => new(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]);
}
