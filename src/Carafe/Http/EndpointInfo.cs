using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;
using Carafe.Binding;
using Carafe.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Carafe.Http;

/// <summary>What the request rules need to know about an endpoint, read from its metadata once.</summary>
internal sealed class EndpointInfo
{
    private static readonly ConditionalWeakTable<Endpoint, EndpointInfo> Plans = [];

    private EndpointInfo(Endpoint endpoint)
    {
        var accepts = endpoint.Metadata.GetMetadata<IAcceptsMetadata>();
        BodyType = accepts?.RequestType;
        ReadsBody = accepts is not null;
        ReadsJson = accepts?.ContentTypes.Any(IsJson) is true;
        var answers = endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>();
        // TypedResults.NotFound("text") and its like write a bare JSON string.
        WritesTextErrors = answers.Any(answer => answer.StatusCode >= 400 && answer.Type == typeof(string));
        Offers = [.. answers.Where(answer => answer.StatusCode < 300).SelectMany(answer => answer.ContentTypes).Distinct().Select(type => new MediaTypeHeaderValue(type))];
        var parameters = BoundParameter.Of(endpoint).ToList();
        BodyParameter = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Select(bound => bound.ParameterInfo)
            .FirstOrDefault(info => info.ParameterType == BodyType && !parameters.Exists(parameter => parameter.Info == info));
        Single = parameters.Where(parameter => parameter is { Source: ParameterSource.Query, IsMany: false }).Select(parameter => parameter.Name)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        Canonical = [.. from parameter in parameters where parameter.Source == ParameterSource.Route
                        let check = CanonicalText.For(parameter.Info.ParameterType) where check is not null select (parameter.Name, check)];
        SendsInParts = endpoint.Metadata.GetMetadata<MethodInfo>() is not { } handler || !BufferedJsonResultFilter.IsWhole(handler.ReturnType);
        if (endpoint.Metadata.GetMetadata<StrictQueryMetadata>() is not null)
        {
            Known = parameters.Where(parameter => parameter.Source == ParameterSource.Query).Select(parameter => parameter.Name)
                .Concat(endpoint.Metadata.GetOrderedMetadata<RequestParameterMetadata>().Where(parameter => !parameter.IsHeader).Select(parameter => parameter.Name))
                .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>The route's values that have one spelling each.</summary>
    public (string Name, Func<string, bool> IsCanonical)[] Canonical { get; }

    /// <summary>Whether its responses may be long and leave in parts, as far as its signature tells.</summary>
    public bool SendsInParts { get; }

    public Type? BodyType { get; }

    /// <summary>The handler's parameter that is the body; null when the body binds itself.</summary>
    public ParameterInfo? BodyParameter { get; }

    public bool ReadsBody { get; }

    public bool ReadsJson { get; }

    public bool WritesTextErrors { get; }

    /// <summary>The media types of its successes; empty when it does not say.</summary>
    public MediaTypeHeaderValue[] Offers { get; }

    /// <summary>The query parameters that mean one value.</summary>
    public FrozenSet<string> Single { get; }

    /// <summary>All query parameters that it knows, where others are refused; null where they are ignored.</summary>
    public FrozenSet<string>? Known { get; }

    public static EndpointInfo For(Endpoint endpoint) => Plans.GetValue(endpoint, static endpoint => new EndpointInfo(endpoint));

    public static bool IsJson(string type) => type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
}
