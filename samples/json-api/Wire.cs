using System.Text.Json;
using System.Text.Json.Serialization;
using JsonApi.Documents;

namespace JsonApi;

/// <summary>Holds the conventions of the wire, all of them.</summary>
internal static class Wire
{
    private const string MediaType = "application/vnd.api+json";

    public static void AddWire(this IServiceCollection services)
    {
        services.AddJsonConventions(json =>
        {
            json.NamingPolicy = JsonNamingPolicy.CamelCase;
            json.Nulls = JsonIgnoreCondition.WhenWritingNull;
            json.MediaType = MediaType;
        });
        services.AddErrorFormat<ErrorDocument>(ErrorDocument.From, format =>
        {
            format.MediaType = MediaType;
            format.ProblemDetails = false;
        });
        services.AddPaging(paging =>
        {
            paging.PageParameter = "page[number]";
            paging.LimitParameter = "page[size]";
            paging.CursorParameter = null;
        });
    }
}
