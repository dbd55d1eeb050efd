using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe;

/// <summary>
/// Sets how JSON looks on the wire. Bodies, queries, forms, the paths in errors, the API document and the tests follow. Options that contradict each other
/// stop the start.
/// </summary>
public sealed class JsonConventionOptions
{
    private JsonNamingPolicy? _enums;
    private bool _hasEnums;

    /// <summary>Gets or sets how members are named; null leaves the names of the code. Default: <see cref="JsonNamingPolicy.SnakeCaseLower"/>.</summary>
    public JsonNamingPolicy? NamingPolicy { get; set; } = JsonNamingPolicy.SnakeCaseLower;

    /// <summary>Gets or sets how values of enums are named; null leaves the names of the code. Default: as members.</summary>
    public JsonNamingPolicy? EnumNamingPolicy
    {
        get => _hasEnums ? _enums : NamingPolicy;
        set => (_enums, _hasEnums) = (value, true);
    }

    /// <summary>Gets or sets the form of timestamps. Default: <see cref="TimestampFormat.Rfc3339"/>.</summary>
    public TimestampFormat Timestamps { get; set; }

    /// <summary>
    /// Gets or sets how many decimals of a second are written in RFC 3339, 0 to 7; what is finer is cut off. All of them are read. Default: 7.
    /// </summary>
    public int TimestampDecimals { get; set; } = 7;

    /// <summary>Gets or sets whether a member that a body's type does not have is an error. Default: it is.</summary>
    public JsonUnmappedMemberHandling UnknownMembers { get; set; } = JsonUnmappedMemberHandling.Disallow;

    /// <summary>
    /// Gets or sets whether numbers may be sent as text, and are written as text, for callers that would round them. Default: neither.
    /// </summary>
    public JsonNumberHandling Numbers { get; set; } = JsonNumberHandling.Strict;

    /// <summary>
    /// Gets or sets whether null is written or left out. Where it is left out (<see cref="JsonIgnoreCondition.WhenWritingNull"/>), callers may leave it out
    /// as well. Default: it is written.
    /// </summary>
    public JsonIgnoreCondition Nulls { get; set; } = JsonIgnoreCondition.Never;

    /// <summary>
    /// Gets or sets the media type of JSON responses. Bodies are taken in it and as <c>application/json</c>. Errors have the media type of their own
    /// format. Default: <c>application/json</c>.
    /// </summary>
    public string MediaType { get; set; } = "application/json";

    /// <summary>Returns the policy of enums for options whose naming policy the app may have set by itself.</summary>
    internal JsonNamingPolicy? EnumPolicy(JsonSerializerOptions options) => _hasEnums ? _enums : options.PropertyNamingPolicy;
}
