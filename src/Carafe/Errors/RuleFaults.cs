using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carafe.Http;

namespace Carafe.Errors;

/// <summary>Turns what the validator found, by C# names, into the caller's words: JSON names and paths, and messages without a type or a member of the code.</summary>
internal static class RuleFaults
{
    public static Faults Read(IDictionary<string, string[]> errors, HttpContext context, JsonSerializerOptions json)
    {
        var endpoint = context.GetEndpoint();
        return Read(errors, endpoint is null ? null : EndpointPlan.For(endpoint).BodyType, json, endpoint is null ? [] : [.. RequestParameter.Of(endpoint)], context.Request);
    }

    public static Faults Read(IDictionary<string, string[]> errors, Type? body, JsonSerializerOptions json, List<RequestParameter> parameters, HttpRequest request)
    {
        var faults = new Faults();
        foreach (var (path, texts) in errors)
        {
            var parameter = parameters.Find(parameter => parameter.Info.Name == path || parameter.Name == path);
            var (name, member) = parameter is not null ? (parameter.CallerName(request), parameter.Info) : Resolve(path, body, json);
            foreach (var text in texts)
            {
                faults.Add(name, member is null ? text : RuleWords.Read(member, text, json));
            }
        }

        return faults;
    }

    // Items[0].PostTitle is items[0].post_title, unless an attribute says otherwise.
    private static (string Name, ICustomAttributeProvider? Member) Resolve(string path, Type? type, JsonSerializerOptions json)
    {
        var name = "";
        ICustomAttributeProvider? member = null;
        var info = type is null ? null : json.GetTypeInfo(type);
        foreach (var segment in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var bracket = segment.IndexOf('[', StringComparison.Ordinal);
            var clr = bracket < 0 ? segment : segment[..bracket];
            var property = info?.Properties.FirstOrDefault(property => (property.AttributeProvider as MemberInfo)?.Name == clr);
            var at = clr.Length == 0 ? "" : property?.Name ?? json.PropertyNamingPolicy?.ConvertName(clr) ?? clr;
            name = (at.Length == 0 ? name : JsonWalk.Join(name, at)) + (bracket < 0 ? "" : segment[bracket..]);
            member = property?.AttributeProvider;
            info = Next(clr.Length == 0 ? info : property is null ? null : json.GetTypeInfo(property.PropertyType), bracket >= 0, json);
        }

        return (name, member);
    }

    private static JsonTypeInfo? Next(JsonTypeInfo? info, bool indexed, JsonSerializerOptions json) =>
        indexed && info?.ElementType is { } element ? json.GetTypeInfo(element) : info;
}
