using Carafe.Binding;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Hosting;

/// <summary>Refuses at start a form that would reach its handler as null, whatever is sent.</summary>
internal sealed class FormTypeValidator(IOptions<JsonOptions> json) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        let form = EndpointInfo.For(endpoint, json.Value.SerializerOptions).Form
        where form is not null
        let member = FormTypes.FindUnbindable(form.Type)
        where member is not null
        select $"{RouteTable.Describe(endpoint)} reads a form with {member}, which the binder cannot make: its type is neither IParsable nor a "
            + "class with one public constructor. Take a string, or mark it with [IgnoreDataMember].";
}
