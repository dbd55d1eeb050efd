using Carafe.OpenApi;
using Carafe.OpenApi.Clients;
using Carafe.OpenApi.Docs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the services for the OpenAPI document and the docs page.</summary>
public static class DocsServiceCollectionExtensions
{
    /// <summary>Adds the settings of the docs page (<see cref="DocsSettings"/>), the command <c>openapi</c>, which prints the document, and the command
    /// <c>client</c>, which writes a client.</summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddDocs(this IServiceCollection services)
    {
        services.AddSettings<DocsSettings>();
        services.AddCheck(new Check("C601", CheckSeverity.Warning, context =>
            context.Services.GetRequiredService<DocsSettings>().DocsEnabled == true ? ["DOCS_ENABLED is true."] : [])
        {
            Why = "The page runs scripts in the origin of the API, and a page in Production should run none that nobody needs.",
            Remedy = "Remove DOCS_ENABLED, unless callers from outside are meant to read the page.",
            Page = "docs/checks.md#c601",
            Deploy = true,
        });
        services.AddSingleton<OpenApiDocuments>();
        services.AddCommand(OpenApiCommand.Create);
        services.AddCommand(ClientCommand.Create);
        return services;
    }
}
