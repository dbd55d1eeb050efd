using Scalar.AspNetCore;

namespace Carafe.OpenApi.Docs;

internal static class DocsPage
{
    public static void Configure(ScalarOptions page) => page
        .WithOpenApiRoutePattern("/openapi/{documentName}.json");
}
