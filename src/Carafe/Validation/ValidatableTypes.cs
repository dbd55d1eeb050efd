using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Validation;

#pragma warning disable ASP0029

namespace Carafe.Validation;

/// <summary>Finds the types that a JSON body is made of, and those of them with validation attributes.</summary>
internal static class ValidatableTypes
{
    /// <summary>Returns the types inside a body whose attributes must run: those that have some, and those that lead to them.</summary>
    public static IEnumerable<Type> Within(Type body) => Reachable(body).Where(type => !type.IsAbstract && HasRules(type, []));

    /// <summary>Returns the types of the app that a body is made of.</summary>
    public static IReadOnlyCollection<Type> Reachable(Type body)
    {
        var seen = new HashSet<Type>();
        Follow(Element(body), seen);
        return seen;
    }

    public static bool HasRules(Type type) => HasRules(Element(type), []);

    public static bool IsCollection(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    public static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    /// <summary>Returns the innermost element type of a collection, a dictionary or a nullable; the type itself when it is none of these.</summary>
    public static Type Element(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return IsPair(type) ? Element(type.GetGenericArguments()[1])
            : !IsCollection(type) ? type
            : type.GetElementType() is { } element ? Element(element)
            : type.GetInterfaces().Append(type).FirstOrDefault(list => list.IsGenericType
                && list.GetGenericTypeDefinition() == typeof(IEnumerable<>)) is { } of ? Element(of.GetGenericArguments()[0])
            : type;
    }

    private static void Follow(Type type, HashSet<Type> seen)
    {
        if (IsOfTheApp(type) && seen.Add(type))
        {
            foreach (var inner in Inner(type))
            {
                Follow(inner, seen);
            }
        }
    }

    private static bool HasRules(Type type, HashSet<Type> seen) =>
        IsOfTheApp(type) && seen.Add(type) && (HasRulesItself(type) || Inner(type).Any(inner => HasRules(inner, seen)));

    private static bool HasRulesItself(Type type) =>
        typeof(IValidatableObject).IsAssignableFrom(type)
        || type.GetCustomAttributes<ValidationAttribute>(inherit: true).Any()
        || type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
        .Any(parameter => parameter.GetCustomAttributes<ValidationAttribute>().Any())
        || Members(type).Any(property => property.GetCustomAttributes<ValidationAttribute>(inherit: true).Any());

    private static IEnumerable<Type> Inner(Type type) =>
    [
        .. Members(type).Select(property => Element(property.PropertyType)),
        .. type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Select(derived => derived.DerivedType),
        .. type.BaseType is { } parent ? [parent] : Type.EmptyTypes,
    ];

    private static IEnumerable<PropertyInfo> Members(Type type) =>
        type.GetProperties().Where(property => property.GetIndexParameters().Length == 0 && !property.IsDefined(typeof(SkipValidationAttribute))
            && property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always });

    private static bool IsOfTheApp(Type type) =>
        !type.IsPrimitive && type.Namespace?.StartsWith("System", StringComparison.Ordinal) is not true && !type.IsDefined(typeof(SkipValidationAttribute));
}
