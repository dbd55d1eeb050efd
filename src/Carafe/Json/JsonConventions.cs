using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carafe.Json;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe;

/// <summary>
/// Configures how JSON is read and written: snake_case, UTC with Z, enums as strings. Reading is strict: no unknown or repeated member, no NUL in text,
/// no number that would be rounded.
/// </summary>
public static class JsonConventions
{
    internal static void AddJson(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => SetConventions(options.SerializerOptions));
        // After the app has put resolvers of its own in front.
        services.PostConfigure<JsonOptions>(options => JsonTypeModifier.AddTo(options.SerializerOptions));
    }

    /// <summary>Applies the conventions to other options, so that a client or a test reads and writes JSON as the app does.</summary>
    /// <param name="options">The options to change.</param>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        SetConventions(options);
        JsonTypeModifier.AddTo(options);
        return options;
    }

    private static void SetConventions(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.AllowOutOfOrderMetadataProperties = true;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        // Responses are application/json with nosniff, never HTML, so quotes and accents stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        foreach (var converter in StrictConverters.All)
        {
            options.Converters.Add(converter);
        }
    }
}
