using Carafe.Json;

namespace Carafe.Http;

/// <summary>
/// Sends and takes JSON in the app's own media type. The platform's binder and results know <c>application/json</c>, so the type is exchanged before them
/// and after them.
/// </summary>
internal static class JsonMediaTypeExtensions
{
    public static void UseJsonMediaType(this WebApplication app)
    {
        var own = app.Services.GetRequiredService<IOptions<JsonConventionOptions>>().Value.MediaType;
        if (own == JsonMediaType.Platform)
        {
            return;
        }

        app.Use(next => context =>
        {
            if (context.Request.ContentType is { } sent && Begins(sent, own))
            {
                context.Request.ContentType = JsonMediaType.Platform + sent[own.Length..];
            }

            context.Response.OnStarting(() =>
            {
                Exchange(context, own);
                return Task.CompletedTask;
            });
            return next(context);
        });
    }

    // Errors have the type of their format. The API document and the like are no part of the API.
    private static void Exchange(HttpContext context, string own)
    {
        var response = context.Response;
        if (response.StatusCode < 400 && response.ContentType is { } type && Begins(type, JsonMediaType.Platform)
            && context.GetEndpoint()?.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true })
        {
            response.ContentType = own;
        }
    }

    private static bool Begins(string header, string type) =>
        header.StartsWith(type, StringComparison.OrdinalIgnoreCase) && header.AsSpan(type.Length).TrimStart() is [] or [';', ..];
}
