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

        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        var info = endpoint is null ? null : EndpointInfo.For(endpoint, json);
        return [.. errors.SelectMany(member => member.Value, (member, text) => new ErrorMember(member.Key, text, Source(member.Key, error, info)))];
    }

    // Code far from the binder names a parameter by nothing but its name.
    private static ErrorSource Source(string name, ApiError error, EndpointInfo? info) =>
        error.Sources?.TryGetValue(name, out var known) == true ? known
        : info is null ? ErrorSource.Body
        : info.Parameters.FirstOrDefault(parameter => parameter.Names.Contains(name)) is { } parameter ? parameter.ErrorSource
        : info.Declared.Any(declared => declared.Name == name) ? ErrorSource.Query
        : ErrorSource.Body;
}
