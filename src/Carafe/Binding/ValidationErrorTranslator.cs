using System.Reflection;
using System.Text.Json;
using Carafe.Errors;
using Carafe.Validation;

namespace Carafe.Binding;

/// <summary>Translates the validator's errors from C# names to JSON names and paths, with messages that name no type or member of the code.</summary>
internal static class ValidationErrorTranslator
{
    public static ValidationErrors Read(IDictionary<string, string[]> errors, HttpContext context, JsonSerializerOptions json) =>
        context.GetEndpoint() is { } endpoint && EndpointInfo.For(endpoint, json) is var info
            ? Read(errors, info.BodyType, json, info.Parameters, context.Request, info.BodyParameter)
            : Read(errors, null, json, [], context.Request);

    public static ValidationErrors Read(
        IDictionary<string, string[]> errors, Type? body, JsonSerializerOptions json, IReadOnlyList<BoundParameter> parameters, HttpRequest request,
        ParameterInfo? bodyParameter = null)
    {
        var found = new ValidationErrors();
        foreach (var (path, texts) in errors)
        {
            var parameter = parameters.FirstOrDefault(parameter => parameter.Info.Name == path || parameter.Name == path);
            var (name, member) = parameter is not null ? (parameter.CallerName(request), parameter.Info)
                : path == bodyParameter?.Name ? ("", bodyParameter)
                : ValidationPath.Resolve(InBody(path, body, bodyParameter), body, json);
            foreach (var text in texts)
            {
                found.Add(name, member is null ? text : ValidationMessages.Read(member, text, json), parameter?.ErrorSource ?? ErrorSource.Body);
            }
        }

        return found;
    }

    // Items of a list, and members of an [AsParameters] type, are under the name of the handler's parameter, which callers do not know.
    private static string InBody(string path, Type? body, ParameterInfo? parameter)
    {
        var inside = parameter?.Name is { } name && path.StartsWith(name, StringComparison.Ordinal) && path.AsSpan(name.Length) is ['[' or '.', ..]
            && body?.GetProperty(name) is null;
        return inside ? path[parameter!.Name!.Length..] : path;
    }
}
