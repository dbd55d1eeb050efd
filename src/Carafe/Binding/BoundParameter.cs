using System.Reflection;
using System.Text.Json;
using Carafe.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;

namespace Carafe.Binding;

internal enum ParameterSource
{
    Route,
    Query,
    Header,
    Form,
    File,
}

/// <summary>Describes a handler's parameter that is read from the route, the query, a header or a form.</summary>
/// <param name="BinderName">The name by which the platform asks for it.</param>
/// <param name="Name">The name on the wire.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Info">The parameter, or the member of an <c>[AsParameters]</c> type.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
/// <param name="Reader">Reads its text; null when the type reads itself.</param>
internal sealed record BoundParameter(string BinderName, string Name, ParameterSource Source, ParameterInfo Info, bool IsOptional, SimpleTextReader? Reader)
{
    private static readonly Type[] Files = [typeof(IFormFile), typeof(IFormFileCollection)];

    private Type ElementType => Info.ParameterType.IsArray ? Info.ParameterType.GetElementType()! : Info.ParameterType;

    /// <summary>Gets the part of the request that an error of it is about.</summary>
    public ErrorSource ErrorSource => Source switch
    {
        ParameterSource.Route => ErrorSource.Path,
        ParameterSource.Query => ErrorSource.Query,
        ParameterSource.Header => ErrorSource.Header,
        _ => ErrorSource.Body,
    };

    /// <summary>Gets whether several values are allowed.</summary>
    public bool IsMany => Info.ParameterType.IsArray || Info.ParameterType == typeof(StringValues);

    /// <summary>Gets whether it is given in a list of names and has one value.</summary>
    public bool IsSingle => Source is ParameterSource.Query or ParameterSource.Form && !IsMany;

    /// <summary>Gets whether it is a member of a type, named by the naming policy; a parameter of the handler has its own name as well.</summary>
    public bool IsMember => Info.Member is PropertyInfo;

    /// <summary>Gets every name that a caller may use.</summary>
    public IEnumerable<string> Names => IsMember || Name == BinderName ? [Name] : [Name, BinderName];

    /// <summary>Gets the name as this caller wrote it, or the declared one.</summary>
    public string CallerName(HttpRequest request) =>
        Source != ParameterSource.Query ? Name : request.Query.Keys.FirstOrDefault(key => Names.Contains(key, StringComparer.OrdinalIgnoreCase)) ?? Name;

    public static IEnumerable<BoundParameter> Of(Endpoint endpoint, JsonSerializerOptions json)
    {
        var route = (endpoint as RouteEndpoint)?.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        var bodies = endpoint.Metadata.GetOrderedMetadata<IAcceptsMetadata>().Select(accepts => accepts.RequestType).ToArray();
        foreach (var bound in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            if (Bind(bound, route, bodies, json) is { } parameter)
            {
                yield return parameter;
            }
        }
    }

    /// <summary>Returns the values that a request has for it.</summary>
    public StringValues Values(HttpRequest request) => Source switch
    {
        ParameterSource.Route => new StringValues(request.RouteValues.TryGetValue(BinderName, out var value) ? value?.ToString() : null),
        ParameterSource.Query => request.Query.TryGetValue(Name, out var values) || IsMember ? values : request.Query[BinderName],
        ParameterSource.Header => request.Headers[Name],
        ParameterSource.Form => request.HasFormContentType
        ? (request.Form.TryGetValue(Name, out var values) || IsMember ? values : request.Form[BinderName])
        : default,
        _ => default,
    };

    /// <summary>Returns whether the platform's binder would find it by a name that is not its own.</summary>
    public bool IsHidden(HttpRequest request) => IsMember && Name != BinderName && Source == ParameterSource.Query && request.Query.ContainsKey(BinderName);

    /// <summary>Gives the values as the platform's parser takes them; null when one is not what JSON would take.</summary>
    public StringValues? Read(StringValues values)
    {
        if (IsSingle && values.Count > 1)
        {
            return null;
        }

        if (Reader is null)
        {
            return values;
        }

        if (!IsMany)
        {
            if (ReadOne(values.ToString()) is not { } text)
            {
                return null;
            }

            // The platform takes one that is absent for none, but not one that is empty.
            return text.Length == 0 && Source == ParameterSource.Form && Nullable.GetUnderlyingType(ElementType) is not null ? StringValues.Empty
                : text == values.ToString() ? values : (StringValues)text;
        }

        string?[]? changed = null;
        for (var index = 0; index < values.Count; index++)
        {
            if (ReadOne(values[index] ?? "") is not { } text)
            {
                return null;
            }

            if (text != values[index])
            {
                (changed ??= values.ToArray())[index] = text;
            }
        }

        return changed is null ? values : changed;
    }

    /// <summary>Describes what is wrong with the request's values for the parameter; null when nothing is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isRead">Whether its values have been read already, and found right.</param>
    /// <param name="json">The app's JSON options.</param>
    public string? Error(HttpRequest request, bool isRead, JsonSerializerOptions json)
    {
        if (Source == ParameterSource.File)
        {
            return IsOptional || !request.HasFormContentType || HasFile(request.Form.Files) ? null : JsonErrorMessages.Required;
        }

        var values = Values(request);
        if (values.Count == 0 || (values.Count == 1 && values[0] is null))
        {
            return IsOptional ? null : JsonErrorMessages.Required;
        }

        if (isRead)
        {
            return Reader is not null || Parses(values.ToString()) ? null : JsonErrorMessages.Wrong(ElementType, values.ToString(), json);
        }

        if (IsSingle && values.Count > 1)
        {
            return JsonErrorMessages.Twice;
        }

        return (IsMany ? values.ToArray() : [values.ToString()]).FirstOrDefault(text => !Parses(text ?? "")) is { } wrong
            ? JsonErrorMessages.Wrong(ElementType, wrong, json)
            : null;
    }

    private bool HasFile(IFormFileCollection files) =>
        Info.ParameterType == typeof(IFormFileCollection) ? files.Count > 0 : files.GetFile(BinderName) is not null;

    private static BoundParameter? Bind(IParameterBindingMetadata bound, HashSet<string> route, Type?[] bodies, JsonSerializerOptions json)
    {
        var info = bound.ParameterInfo;
        var attributes = info.GetCustomAttributes(inherit: true);
        var isFile = Files.Contains(info.ParameterType);
        var source = attributes.OfType<IFromRouteMetadata>().FirstOrDefault() is { } fromRoute ? (fromRoute.Name, ParameterSource.Route)
            : attributes.OfType<IFromQueryMetadata>().FirstOrDefault() is { } fromQuery ? (fromQuery.Name, ParameterSource.Query)
            : attributes.OfType<IFromHeaderMetadata>().FirstOrDefault() is { } fromHeader ? (fromHeader.Name, ParameterSource.Header)
            : attributes.OfType<IFromFormMetadata>().FirstOrDefault() is { } fromForm
            && (isFile || bound.HasTryParse || IsText(info.ParameterType)) ? (fromForm.Name, isFile ? ParameterSource.File : ParameterSource.Form)
            : isFile ? (null, ParameterSource.File)
            : bound.HasBindAsync || attributes.Any(attribute => attribute is IFromBodyMetadata or IFromFormMetadata or IFromServiceMetadata)
            ? default((string?, ParameterSource)?)
            : route.Contains(bound.Name) ? (null, ParameterSource.Route)
            // Several texts are a body where the method has one.
            : bound.HasTryParse || (IsText(info.ParameterType) && !bodies.Contains(info.ParameterType)) ? (null, ParameterSource.Query)
            : default((string?, ParameterSource)?);
        if (source is not var (name, from))
        {
            return null;
        }

        var binderName = name ?? bound.Name;
        var wire = name is null && from is ParameterSource.Query or ParameterSource.Form
            ? json.PropertyNamingPolicy?.ConvertName(binderName) ?? binderName
            : binderName;
        var element = info.ParameterType.IsArray ? info.ParameterType.GetElementType()! : info.ParameterType;
        return new BoundParameter(binderName, wire, from, info, bound.IsOptional, SimpleTextReader.For(element, json));
    }

    private static bool IsText(Type type) => type == typeof(string) || type == typeof(string[]) || type == typeof(StringValues);

    // A browser sends an empty text for a field that nobody filled in.
    private string? ReadOne(string text) =>
        text.Length == 0 && Nullable.GetUnderlyingType(ElementType) is not null && (IsMany || Source == ParameterSource.Form) ? text
        : Reader!.Read(text) is { } read && (Source != ParameterSource.Route || read == text || !Reader.IsWhole) ? read
        // One resource has one address: 1.0 is the number 1, and no path to it.
        : null;

    private bool Parses(string text)
    {
        if (Reader is not null)
        {
            return ReadOne(text) is not null;
        }

        var type = Nullable.GetUnderlyingType(ElementType) ?? ElementType;
        if (IsText(type))
        {
            return true;
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
