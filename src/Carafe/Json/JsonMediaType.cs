namespace Carafe.Json;

/// <summary>Tells the media type of the app's JSON, which its endpoints know as <c>application/json</c>.</summary>
internal static class JsonMediaType
{
    public const string Platform = "application/json";

    /// <summary>Returns a media type of an endpoint's metadata as it is on the wire.</summary>
    public static string OnWire(HttpContext context, string type) =>
        type.Equals(Platform, StringComparison.OrdinalIgnoreCase)
            ? context.RequestServices.GetRequiredService<IOptions<JsonConventionOptions>>().Value.MediaType
            : type;
}
