using Microsoft.OpenApi;

namespace MyApi;

/// <summary>Describes this API as a whole for the OpenAPI document.</summary>
internal static class About
{
    public static void Describe(OpenApiInfo info)
    {
        info.Title = "MyApi";
        info.Description =
            """
            Users, posts, products and files.

            Register with `POST /auth/register`, sign in with `POST /auth/login`, and send the access token as `Authorization: Bearer TOKEN`.

            Every error has the same body, `{"error", "message", "status"}`; with `Accept: application/problem+json` it comes as RFC 9457.
            Any operation can answer 500 and 503 in it.
            """;
        info.Contact = new() { Name = "The Carafe authors", Url = new("https://example.org/carafe") };
        info.License = new() { Name = "MIT", Identifier = "MIT" };
    }
}
