using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Carafe.Blueprints;
using Microsoft.Extensions.Validation;

// The start check needs what the generated validation offers, and there is no other way to ask.
#pragma warning disable ASP0029

namespace Carafe.Http;

/// <summary>
/// A body whose rules would not be looked at stops the start. The platform finds the types to validate when the app is compiled, and skips in silence those
/// that are not public, or all of them when <c>AddValidation()</c> is missing.
/// </summary>
internal sealed class BodyRuleCheck(IOptions<ValidationOptions> validation) : IRouteCheck
{
    public IEnumerable<string> Faults(IReadOnlyList<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        let plan = EndpointPlan.For(endpoint)
        let body = plan is { ReadsJson: true, BodyType: { } type } ? Element(type) : null
        where body is not null && HasRules(body, []) && !IsValidated(body)
        group endpoint by body into same
        select $"{RouteTable.Describe(same.First())} reads {same.Key.Name}, whose validation rules would not run. "
            + (validation.Value.Resolvers.Count == 0 ? "Call builder.Services.AddValidation() in the app's own project." : $"Make {same.Key.Name} and the types inside it public; if no endpoint binds it directly, mark it with [ValidatableType].");

    private bool IsValidated(Type type) => validation.Value.TryGetValidatableTypeInfo(type, out _);

    private static Type Element(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type) ? type
            : type.GetElementType() is { } element ? Element(element)
            : type.GetInterfaces().Append(type).FirstOrDefault(list => list.IsGenericType && list.GetGenericTypeDefinition() == typeof(IEnumerable<>)) is { } of
                && of.GetGenericArguments()[0] is { IsGenericType: false } item ? Element(item)
            : type;
    }

    private static bool HasRules(Type type, HashSet<Type> seen)
    {
        if (type.IsPrimitive || type.Namespace?.StartsWith("System", StringComparison.Ordinal) is true || !seen.Add(type))
        {
            return false;
        }

        return typeof(IValidatableObject).IsAssignableFrom(type)
            || type.GetCustomAttributes<ValidationAttribute>(inherit: true).Any()
            || type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Any(parameter => parameter.GetCustomAttributes<ValidationAttribute>().Any())
            || type.GetProperties().Any(property => property.GetCustomAttributes<ValidationAttribute>(inherit: true).Any() || HasRules(Element(property.PropertyType), seen));
    }
}
