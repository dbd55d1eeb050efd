using Carafe.OpenApi;
using Carafe.OpenApi.Docs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the services for the OpenAPI document and the docs page.</summary>
public static class DocsServiceCollectionExtensions
{
    /// <summary>Adds the settings of the docs page (<see cref="DocsSettings"/>) and the command <c>openapi</c>, which prints the document.</summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddDocs(this IServiceCollection services)
    {
        services.AddSettings<DocsSettings>();
        services.AddSingleton<OpenApiDocuments>();
        services.AddCommand(OpenApiCommand.Create);
        return services;
    }
}
