using Carafe.OpenApi;
using Carafe.OpenApi.Docs;
using Microsoft.AspNetCore.Authorization;
using Scalar.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the OpenAPI document and an interactive reference made from it.</summary>
public static class DocsEndpointExtensions
{
    /// <summary>
    /// Serves <c>/openapi/v1.json</c> and <c>/openapi/v1.yaml</c> (and those of every other document that <c>AddOpenApi</c> named) and, if
    /// <see cref="DocsSettings.DocsEnabled"/> is set, the interactive reference at <c>/docs</c>, which loads nothing from elsewhere. They are open to
    /// everybody, unless the app adds requirements to the group that this returns.
    /// </summary>
    /// <param name="app">The app.</param>
    public static RouteGroupBuilder MapDocs(this WebApplication app)
    {
        var group = app.MapGroup("").ExcludeFromDescription();
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            // The page's script has AllowAnonymous itself.
            foreach (var open in endpoint.Metadata.OfType<IAllowAnonymous>().ToList())
            {
                endpoint.Metadata.Remove(open);
            }

            if (endpoint is RouteEndpointBuilder { RoutePattern: { Parameters.Count: > 0, RawText: { } text } }
                && text.Contains("docs", StringComparison.Ordinal))
            {
                // Scalar's own page has no language, no way to sign in and no word for browsers without script; its scripts stay.
                endpoint.RequestDelegate = DocsPage.WriteAsync;
            }

            if (!endpoint.Metadata.Any(item => item is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData))
            {
                endpoint.Metadata.Add(new AllowAnonymousAttribute());
            }
        });
        group.WithETag();
        group.MapGet("/openapi/{document}.json",
            (string document, HttpContext context) => DocumentAsync(document, "json", "application/json; charset=utf-8", context));
        group.MapGet("/openapi/{document}.yaml",
            (string document, HttpContext context) => DocumentAsync(document, "yaml", "application/yaml; charset=utf-8", context));
        if (app.Services.GetRequiredService<DocsSettings>().DocsEnabled ?? !app.Environment.IsProduction())
        {
            group.MapScalarApiReference("/docs");
        }

        return group;
    }

    private static async Task<IResult> DocumentAsync(string name, string format, string contentType, HttpContext context)
    {
        var documents = context.RequestServices.GetRequiredService<OpenApiDocuments>();
        if (!documents.Has(name))
        {
            throw Abort.NotFound($"There is no document '{name}'.");
        }

        var text = (await documents.ReadAsync(name, format)).Under(context.Request.PathBase);
        return TypedResults.File(text.Utf8, contentType, entityTag: new($"\"{text.Hash}\""));
    }
}
