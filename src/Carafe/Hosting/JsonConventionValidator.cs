using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carafe.Binding;
using Carafe.Json;
using Carafe.Validation;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Hosting;

/// <summary>
/// Refuses at start JSON conventions that contradict each other, and names that are the same once the naming policy was applied.
/// </summary>
internal sealed class JsonConventionValidator(IOptions<JsonConventionOptions> conventions, IOptions<JsonOptions> json) : IRouteValidator
{
    private JsonSerializerOptions Json => json.Value.SerializerOptions;

    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints) =>
        [.. Options(conventions.Value), .. Types(endpoints).SelectMany(Names), .. endpoints.SelectMany(Parameters)];

    private static IEnumerable<string> Options(JsonConventionOptions options)
    {
        if (!Enum.IsDefined(options.Timestamps))
        {
            yield return $"JsonConventionOptions.Timestamps is {options.Timestamps}, which is no format.";
        }

        if (options.TimestampDecimals is < 0 or > 7)
        {
            yield return $"JsonConventionOptions.TimestampDecimals is {options.TimestampDecimals}: it must be from 0 to 7.";
        }

        if ((options.Numbers & ~NumberText.Supported) != 0)
        {
            yield return $"JsonConventionOptions.Numbers is {options.Numbers}: only AllowReadingFromString and WriteAsString are supported.";
        }

        if (options.Numbers == JsonNumberHandling.WriteAsString)
        {
            yield return "JsonConventionOptions.Numbers writes numbers as text and does not read them so: add AllowReadingFromString.";
        }

        if (options.Nulls is not (JsonIgnoreCondition.Never or JsonIgnoreCondition.WhenWritingNull))
        {
            yield return $"JsonConventionOptions.Nulls is {options.Nulls}: it must be Never or WhenWritingNull.";
        }

        if (!MediaTypeHeaderValue.TryParse(options.MediaType, out var type) || !EndpointInfo.IsJson(type.ToString()))
        {
            yield return $"JsonConventionOptions.MediaType is '{options.MediaType}', which is not JSON: use application/json or one that ends in +json.";
        }
    }

    private IEnumerable<Type> Types(IReadOnlyList<RouteEndpoint> endpoints) =>
        endpoints.SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IAcceptsMetadata>().Select(accepts => accepts.RequestType)
            .Concat(endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Select(response => response.Type))
            .Concat(EndpointInfo.For(endpoint, Json).Parameters.Select(parameter => parameter.Info.ParameterType)))
            .OfType<Type>().Distinct().SelectMany(ValidatableTypes.Reachable).Distinct()
            .Where(type => !type.IsDefined(typeof(JsonConverterAttribute)));

    private IEnumerable<string> Names(Type type)
    {
        var names = type.IsEnum
            ? type.GetFields(BindingFlags.Public | BindingFlags.Static).Zip(EnumNames.Of(type, Json), (field, name) => (Code: field.Name, Wire: name))
            : type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(member => member.GetIndexParameters().Length == 0
                    && member.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
                .Select(member => (Code: member.Name, Wire: member.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? Convert(member.Name)));
        return Shared(names, $"{type.Name} has");
    }

    private IEnumerable<string> Parameters(RouteEndpoint endpoint) =>
        EndpointInfo.For(endpoint, Json).Parameters.GroupBy(parameter => parameter.Source)
            .SelectMany(source => Shared(source.Select(parameter => (parameter.BinderName, parameter.Name)), $"{RouteTable.Describe(endpoint)} reads"));

    private static IEnumerable<string> Shared(IEnumerable<(string Code, string Wire)> names, string owner) =>
        from name in names
        group name.Code by name.Wire into same
        let codes = same.Distinct().ToList()
        where codes.Count > 1
        select $"{owner} {string.Join(" and ", codes)}, which are both '{same.Key}' on the wire.";

    private string Convert(string name) => Json.PropertyNamingPolicy?.ConvertName(name) ?? name;
}
