using Carafe.Binding;
using Carafe.Validation;
using Microsoft.Extensions.Validation;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

// The start check needs the generated validation, and there is no other way to query it.
#pragma warning disable ASP0029

namespace Carafe.Hosting;

/// <summary>
/// Refuses at start a body whose validation attributes would not run. The platform finds the types to validate at compile time and silently skips those
/// that are not public, wherever they stand in the body, or all of them when <c>AddValidation()</c> is missing or called in another project.
/// </summary>
internal sealed class UnvalidatedBodyCheck(IOptions<ValidationOptions> validation, IServiceProviderIsService services, IOptions<JsonOptions> json)
    : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints) => [.. Unknown(endpoints), .. TakenForServices(endpoints)];

    private IEnumerable<string> Unknown(IReadOnlyList<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        let plan = EndpointInfo.For(endpoint, json.Value.SerializerOptions)
        where plan is { ReadsJson: true, BodyType: not null }
        from type in ValidatableTypes.Within(plan.BodyType!)
        where !validation.Value.TryGetValidatableTypeInfo(type, out _)
        group endpoint by type into same
        select $"{RouteTable.Describe(same.First())} reads {Name(same.Key)}, whose validation rules would not run. {Advice(same.Key)}";

    // The platform does not validate what it could inject, [FromBody] or not, and it could inject every IEnumerable.
    private IEnumerable<string> TakenForServices(IReadOnlyList<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        let body = EndpointInfo.For(endpoint, json.Value.SerializerOptions).BodyParameter?.ParameterType
        where body is not null && services.IsService(body) && ValidatableTypes.HasRules(body)
        select $"{RouteTable.Describe(endpoint)} reads {Name(body)}, whose validation rules would not run: it is a service as well. Read " +
            $"{(ValidatableTypes.IsCollection(body) ? "a List or an array" : "another type")}.";

    private string Advice(Type type) =>
        validation.Value.Resolvers.All(resolver => resolver is BodyValueResolver) ? "Call builder.Services.AddValidation() in the app's own project."
        : !type.IsVisible ? $"Make {Name(type)} public."
        : "Call builder.Services.AddValidation() in the project that maps the endpoint." + (type.IsGenericType
            // The platform's generator does not compile on a generic type that is marked.
            ? $" Where no handler there takes {Name(type)} itself, read a record that derives from it and is marked with [ValidatableType]{Experimental}."
            : $" Where no handler there takes {Name(type)} itself, mark it with [ValidatableType]{Experimental}.");

    // Without this the compiler refuses the attribute.
    private const string Experimental = " (Microsoft.Extensions.Validation), and add <NoWarn>$(NoWarn);ASP0029</NoWarn> to the project";

    private static string Name(Type type) =>
        type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
