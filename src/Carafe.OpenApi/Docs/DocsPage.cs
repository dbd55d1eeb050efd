using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace Carafe.OpenApi.Docs;

internal static class DocsPage
{
    public static void Configure(ScalarOptions page, HttpContext context)
    {
        // Nothing is loaded from elsewhere and nothing is told to anybody: the browser holds the page to that.
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        page.WithNonce(nonce)
            .WithTitle($"{context.RequestServices.GetRequiredService<IHostEnvironment>().ApplicationName} reference")
            .WithOpenApiRoutePattern("/openapi/{documentName}.json")
            .WithFavicon("data:,")
            .AddPreferredSecuritySchemes("bearer")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            .HideClientButton();
    }
}
