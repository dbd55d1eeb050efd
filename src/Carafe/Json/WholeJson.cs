using System.Text.Json;
using System.Text.Json.Serialization;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Json;

/// <summary>Writes and reads a record as the wire does, but loses nothing that the wire leaves out: ends of timestamps, and null.</summary>
internal sealed class WholeJson(IOptions<JsonOptions> json)
{
    /// <summary>Gets the options that read what <see cref="Writing"/> wrote, and the wire's form.</summary>
    public JsonSerializerOptions Reading { get; } = Make(json.Value.SerializerOptions);

    /// <summary>Gets the options that write a record.</summary>
    public JsonSerializerOptions Writing { get; } = new(Make(json.Value.SerializerOptions)) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    private static JsonSerializerOptions Make(JsonSerializerOptions wire)
    {
        var options = new JsonSerializerOptions(wire);
        for (var i = 0; i < options.Converters.Count; i++)
        {
            options.Converters[i] = options.Converters[i] switch
            {
                UtcJsonConverter instants => new UtcJsonConverter(instants.Timestamps.Whole()),
                UtcDateTimeJsonConverter instants => new UtcDateTimeJsonConverter(instants.Timestamps.Whole()),
                var other => other,
            };
        }

        return options;
    }
}
