using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;

namespace Carafe.Binding;

internal enum ParameterSource
{
    Route,
    Query,
    Header,
}

/// <summary>A handler's parameter that is read from the route, the query or a header.</summary>
internal sealed record BoundParameter(string Name, ParameterSource Source, ParameterInfo Info, bool IsOptional)
{
    private Type ElementType => Info.ParameterType.IsArray ? Info.ParameterType.GetElementType()! : Info.ParameterType;

    /// <summary>Whether several values are fine.</summary>
    public bool IsMany => Info.ParameterType.IsArray || Info.ParameterType == typeof(StringValues);

    /// <summary>The name as this caller wrote it, or as any caller would.</summary>
    public string CallerName(HttpRequest request) => Source != ParameterSource.Query ? Name
        : request.Query.Keys.FirstOrDefault(key => key.Equals(Name, StringComparison.OrdinalIgnoreCase)) ?? JsonNamingPolicy.CamelCase.ConvertName(Name);

    public static IEnumerable<BoundParameter> Of(Endpoint endpoint)
    {
        var route = (endpoint as RouteEndpoint)?.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        foreach (var bound in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            if (Bind(bound, route) is { } parameter)
            {
                yield return parameter;
            }
        }
    }

    /// <summary>What is wrong with the values that the request has for it, or null.</summary>
    public string? Fault(HttpRequest request)
    {
        var values = Source switch
        {
            ParameterSource.Route => new StringValues(request.RouteValues.TryGetValue(Name, out var value) ? value?.ToString() : null),
            ParameterSource.Query => request.Query[Name],
            _ => request.Headers[Name],
        };
        if (values.Count == 0 || (values.Count == 1 && values[0] is null))
        {
            return IsOptional ? null : JsonErrorMessages.Required;
        }

        return values.FirstOrDefault(text => !Parses(text ?? "")) is { } wrong ? JsonErrorMessages.Wrong(ElementType, wrong) : null;
    }

    private static BoundParameter? Bind(IParameterBindingMetadata bound, HashSet<string> route)
    {
        var info = bound.ParameterInfo;
        var attributes = info.GetCustomAttributes(inherit: true);
        var source = attributes.OfType<IFromRouteMetadata>().FirstOrDefault() is { } fromRoute ? (fromRoute.Name, ParameterSource.Route)
            : attributes.OfType<IFromQueryMetadata>().FirstOrDefault() is { } fromQuery ? (fromQuery.Name, ParameterSource.Query)
            : attributes.OfType<IFromHeaderMetadata>().FirstOrDefault() is { } fromHeader ? (fromHeader.Name, ParameterSource.Header)
            : bound.HasBindAsync || attributes.Any(attribute => attribute is IFromBodyMetadata or IFromFormMetadata or IFromServiceMetadata) ? default((string?, ParameterSource)?)
            : route.Contains(bound.Name) ? (null, ParameterSource.Route)
            : bound.HasTryParse || IsText(info.ParameterType) ? (null, ParameterSource.Query)
            : default((string?, ParameterSource)?);
        return source is var (name, from) ? new BoundParameter(name ?? bound.Name, from, info, bound.IsOptional) : null;
    }

    private static bool IsText(Type type) => type == typeof(string) || type == typeof(string[]) || type == typeof(StringValues);

    private bool Parses(string text)
    {
        var type = Nullable.GetUnderlyingType(ElementType) ?? ElementType;
        if (IsText(type))
        {
            return true;
        }

        if (type.IsEnum)
        {
            return Enum.TryParse(type, text, ignoreCase: true, out _);
        }

        var parse = type.GetMethod("TryParse", [typeof(string), typeof(IFormatProvider), type.MakeByRefType()]);
        if (parse is not null)
        {
            return parse.Invoke(null, [text, System.Globalization.CultureInfo.InvariantCulture, null]) is true;
        }

        parse = type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()]);
        return parse is null || parse.Invoke(null, [text, null]) is true;
    }
}
