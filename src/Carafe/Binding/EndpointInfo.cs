using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Carafe.Json;
using Carafe.Validation;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Carafe.Binding;

/// <summary>Holds what the request checks need to know about an endpoint, read from its metadata once.</summary>
internal sealed class EndpointInfo
{
    private static readonly ConditionalWeakTable<Endpoint, EndpointInfo> Cache = [];

    private readonly JsonSerializerOptions _json;

    private NullableShape? _shape;
    private MemberPaths? _paths;

    private EndpointInfo(Endpoint endpoint, JsonSerializerOptions json)
    {
        _json = json;
        var accepts = endpoint.Metadata.GetMetadata<IAcceptsMetadata>();
        BodyType = accepts?.RequestType;
        ReadsBody = accepts is not null;
        ReadsJson = accepts?.ContentTypes.Any(IsJson) is true;
        var responses = endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>();
        // TypedResults.NotFound("text") and the like write a bare JSON string.
        WritesTextErrors = responses.Any(response => response.StatusCode >= 400 && response.Type == typeof(string));
        Offers = [.. responses.Where(response => response.StatusCode < 300).SelectMany(response => response.ContentTypes).Distinct()
            .Select(type => new MediaTypeHeaderValue(type))];
        Parameters = [.. BoundParameter.Of(endpoint, json)];
        Declared = [.. DeclaredParameter.Of(endpoint, json)];
        Form = FormBody.Of(endpoint, json);
        BodyParameter = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Select(bound => bound.ParameterInfo)
            .FirstOrDefault(info => info.ParameterType == BodyType && !Parameters.Any(parameter => parameter.Info == info));
        var constrained = (endpoint as RouteEndpoint)?.RoutePattern.Parameters.Where(parameter => parameter.ParameterPolicies.Count > 0)
            .Select(parameter => parameter.Name).ToHashSet() ?? [];
        Canonical = [.. from parameter in Parameters where parameter.Source == ParameterSource.Route
                        let check = CanonicalText.For(parameter.Info.ParameterType,
                            constrained.Contains(parameter.BinderName, StringComparer.OrdinalIgnoreCase))
                        where check is not null select (parameter.BinderName, check)];
        SendsInParts = endpoint.Metadata.GetMetadata<MethodInfo>() is not { } handler || !BufferedJsonResultFilter.IsWhole(handler.ReturnType);
        if (endpoint.Metadata.GetMetadata<StrictQueryMetadata>() is not null)
        {
            Known = Parameters.Where(parameter => parameter.Source == ParameterSource.Query).SelectMany(parameter => parameter.Names)
                .Concat(Declared.Select(parameter => parameter.Name))
                .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        }

        ParameterReader = ParameterReader.For(endpoint, this);
    }

    /// <summary>Gets the route's values that have one spelling each.</summary>
    public (string Name, Func<string, bool> IsCanonical)[] Canonical { get; }

    /// <summary>Gets whether its responses may be long and sent in parts, judging by its signature.</summary>
    public bool SendsInParts { get; }

    public IReadOnlyList<BoundParameter> Parameters { get; }

    /// <summary>Gets the query parameters that a parameter of the handler reads itself.</summary>
    public IReadOnlyList<DeclaredParameter> Declared { get; }

    /// <summary>The parameter that is a whole form; null when there is none.</summary>
    public FormBody? Form { get; }

    /// <summary>Reads the parameters before the binder does; null when there are none to read.</summary>
    public ParameterReader? ParameterReader { get; }

    public Type? BodyType { get; }

    /// <summary>Gets the handler's parameter that is the body; null when the body binds itself.</summary>
    public ParameterInfo? BodyParameter { get; }

    /// <summary>Gets the type of the body, with what the handler declares about null; null when there is none.</summary>
    public NullableShape? BodyShape =>
        _shape ??= BodyParameter is not null ? NullableShape.Of(BodyParameter) : BodyType is not null ? NullableShape.Of(BodyType) : null;

    /// <summary>Finds the members of a JSON body by their names alone.</summary>
    public MemberPaths Paths => _paths ??= new MemberPaths(ReadsJson ? BodyType : null, _json);

    public bool ReadsBody { get; }

    public bool ReadsJson { get; }

    public bool WritesTextErrors { get; }

    /// <summary>Gets the media types of its successes; empty when it declares none.</summary>
    public MediaTypeHeaderValue[] Offers { get; }

    /// <summary>Gets all query parameters of the endpoint where others are refused; null where they are ignored.</summary>
    public FrozenSet<string>? Known { get; }

    /// <summary>Returns the first query parameter that it does not know and refuses; null when there is none.</summary>
    public string? UnknownIn(IQueryCollection query)
    {
        foreach (var name in Known is null ? [] : query.Keys)
        {
            if (!Known!.Contains(name))
            {
                return name;
            }
        }

        return null;
    }

    public static EndpointInfo For(Endpoint endpoint, JsonSerializerOptions json) =>
        Cache.TryGetValue(endpoint, out var known) ? known : Cache.GetValue(endpoint, endpoint => new EndpointInfo(endpoint, json));

    public static bool IsJson(string type) =>
        type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
}
