using Carafe.Binding;
using Carafe.Hosting;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Data.Lists;

/// <summary>Refuses lists whose sorts and filters contradict each other, or the endpoint's other parameters.</summary>
internal sealed class ListValidator(IOptions<JsonOptions> json) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints) =>
        endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ListDefinition>() is not null).SelectMany(Errors).Distinct();

    private IEnumerable<string> Errors(RouteEndpoint endpoint)
    {
        var info = EndpointInfo.For(endpoint, json.Value.SerializerOptions);
        var names = info.Parameters.Where(parameter => parameter.Source == ParameterSource.Query).Select(parameter => parameter.Name)
            .Concat(info.Declared.Select(parameter => parameter.Name));
        return
        [
            .. endpoint.Metadata.GetOrderedMetadata<ListDefinition>().SelectMany(list => list.Errors()),
            .. names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
                .Select(same =>
                    $"{RouteTable.Describe(endpoint)} has {same.Count()} query parameters of the name '{same.Key}'. Give all but one another name."),
        ];
    }
}
