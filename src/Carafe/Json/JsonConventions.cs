using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carafe.Json;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe;

/// <summary>
/// Configures how JSON is read and written: snake_case, UTC with Z, enums as strings. Reading is strict: no unknown or repeated member, no NUL in text,
/// no number that would be rounded. <see cref="JsonConventionOptions"/> changes what an API may choose.
/// </summary>
public static class JsonConventions
{
    internal static void AddJson(this IServiceCollection services)
    {
        services.AddOptions<JsonOptions>()
            .Configure<IOptions<JsonConventionOptions>>((options, conventions) => SetConventions(options.SerializerOptions, conventions.Value));
        // After the app has put resolvers of its own in front.
        services.PostConfigure<JsonOptions>(options => JsonTypeModifier.AddTo(options.SerializerOptions));
        services.AddSingleton<WholeJson>();
    }

    /// <summary>Applies the conventions to other options, so that a client or a test reads and writes JSON as the app does.</summary>
    /// <param name="options">The options to change.</param>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options) => Apply(options, new JsonConventionOptions());

    /// <summary>Applies the conventions of an app with options of its own.</summary>
    /// <param name="options">The options to change.</param>
    /// <param name="conventions">The app's conventions.</param>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options, JsonConventionOptions conventions)
    {
        SetConventions(options, conventions);
        JsonTypeModifier.AddTo(options);
        return options;
    }

    private static void SetConventions(JsonSerializerOptions options, JsonConventionOptions conventions)
    {
        options.PropertyNamingPolicy = conventions.NamingPolicy;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        // What the serializer refuses to be set to is reported at the start, with everything else.
        options.NumberHandling = conventions.Numbers & NumberText.Supported;
        options.UnmappedMemberHandling = conventions.UnknownMembers;
        options.DefaultIgnoreCondition = conventions.Nulls == JsonIgnoreCondition.WhenWritingNull ? conventions.Nulls : JsonIgnoreCondition.Never;
        options.AllowDuplicateProperties = false;
        options.AllowOutOfOrderMetadataProperties = true;
        options.RespectNullableAnnotations = true;
        // Where null is left out, it may be left out of a body, too: the modifier of types requires the rest.
        options.RespectRequiredConstructorParameters = !JsonTypeModifier.MayOmitNull(options);
        options.MaxDepth = 32;
        // Responses are application/json with nosniff, never HTML, so quotes and accents stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        foreach (var converter in StrictConverters.Make(conventions))
        {
            options.Converters.Add(converter);
        }
    }
}
