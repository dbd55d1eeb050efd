using System.Text.Json;
using Carafe.Binding;
using Microsoft.AspNetCore.Diagnostics;

namespace Carafe.ErrorHandling;

/// <summary>Finds the part of the request that each message of an error is about.</summary>
internal static class ErrorSources
{
    public static IReadOnlyList<ErrorMember> Members(HttpContext context, ApiError error, JsonSerializerOptions json)
    {
        if (error.Errors is not { Count: > 0 } errors)
        {
            return [];
        }

        var info = InfoOf(context, json);
        return [.. errors.SelectMany(member => member.Value, (member, text) => new ErrorMember(member.Key, text, Source(member.Key, error, info)))];
    }

    /// <summary>Gives members that were named alone, such as a column's, the path that they have in the body of this request.</summary>
    public static ApiError WithPaths(HttpContext context, ApiError error, JsonSerializerOptions json)
    {
        if (error is not { HasPaths: false, Errors.Count: > 0 } || InfoOf(context, json) is not { } info
            || error.Errors.Keys.All(name => PathOf(name, info) == name))
        {
            return error;
        }

        var whole = new Dictionary<string, string[]>();
        foreach (var (name, messages) in error.Errors)
        {
            var path = PathOf(name, info);
            whole[path] = whole.TryGetValue(path, out var others) ? [.. others.Union(messages)] : messages;
        }

        return error with { Errors = whole };
    }

    private static string PathOf(string name, EndpointInfo info) =>
        info.Parameters.Any(parameter => parameter.Names.Contains(name)) || info.Declared.Any(declared => declared.Name == name) ? name : info.Paths.Find(name);

    private static EndpointInfo? InfoOf(HttpContext context, JsonSerializerOptions json) =>
        (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint()) is { } endpoint ? EndpointInfo.For(endpoint, json) : null;

    // Code far from the binder names a parameter by nothing but its name.
    private static ErrorSource Source(string name, ApiError error, EndpointInfo? info) =>
        error.Sources?.TryGetValue(name, out var known) == true ? known
        : info is null ? ErrorSource.Body
        : info.Parameters.FirstOrDefault(parameter => parameter.Names.Contains(name)) is { } parameter ? parameter.ErrorSource
        : info.Declared.Any(declared => declared.Name == name) ? ErrorSource.Query
        : ErrorSource.Body;
}
