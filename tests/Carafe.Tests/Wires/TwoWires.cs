using System.Text.Json;

namespace Carafe.Tests.Wires;

/// <summary>The two wires that the testing kit's own tests run under: the kit's, and one that differs in everything that an app can choose.</summary>
internal static class TwoWires
{
    public const string Kit = "the kit's";

    public const string Foreign = "another";

    public static TheoryData<string> Both => new(Kit, Foreign);

    /// <summary>The status of a request that breaks a rule.</summary>
    public static int Invalid(string wire) => wire == Kit ? 400 : 422;

    public static string MediaType(string wire) => wire == Kit ? "application/json" : WireApp.MediaType;

    public static Action<WebApplicationBuilder> Of(string wire) => builder =>
    {
        if (wire == Foreign)
        {
            builder.Services.AddErrorFormat(JsonApiErrors.From, format => format.MediaType = WireApp.MediaType);
            builder.Services.Configure<ErrorStatuses>(statuses => statuses.Validation = 422);
            builder.Services.AddJsonConventions(json =>
                (json.NamingPolicy, json.EnumNamingPolicy, json.MediaType) = (JsonNamingPolicy.CamelCase, JsonNamingPolicy.CamelCase, WireApp.MediaType));
        }
    };
}
