using System.Reflection;
using System.Runtime.Serialization;
using Carafe.Validation;

namespace Carafe.Binding;

/// <summary>
/// Finds members that the platform's form binder cannot make. It makes null of them, and of everything that holds them, without an error.
/// </summary>
internal static class FormTypes
{
    private static readonly Type[] Known = [typeof(string), typeof(Uri), typeof(IFormFile)];

    /// <summary>Returns such a member, as in <c>Upload.Size</c>; null when there is none.</summary>
    public static string? FindUnbindable(Type form) => FindUnbindable(form, form.Name, []);

    private static string? FindUnbindable(Type type, string at, HashSet<Type> seen)
    {
        if (KeyOf(type) is { } key && !IsParsable(key))
        {
            return at;
        }

        type = ValidatableTypes.Element(type);
        if (Known.Contains(type) || type.IsEnum || IsParsable(type) || !seen.Add(type))
        {
            return null;
        }

        var constructors = type.GetConstructors();
        if (type.IsAbstract || type == typeof(object) || constructors.Length > 1 || (constructors.Length == 0 && !type.IsValueType))
        {
            return at;
        }

        // As the binder does: a parameter stands for the member of its name, in any case, and it leaves out what is marked.
        var parameters = constructors.SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => (Name: parameter.Name!, Type: parameter.ParameterType)).ToList();
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(member => member.SetMethod is { IsPublic: true } && member.GetIndexParameters().Length == 0
                && !member.IsDefined(typeof(IgnoreDataMemberAttribute), inherit: true)
                && !parameters.Exists(parameter => parameter.Name.Equals(member.Name, StringComparison.OrdinalIgnoreCase)))
            .Select(member => (member.Name, Type: member.PropertyType));
        var parts = parameters.Concat(members).ToList();
        return parts.Count == 0 ? at
            : parts.Select(part => FindUnbindable(part.Type, $"{type.Name}.{part.Name}", seen)).FirstOrDefault(found => found is not null);
    }

    private static Type? KeyOf(Type type) => type.GetInterfaces().Append(type)
        .FirstOrDefault(part => part.IsGenericType && part.GetGenericTypeDefinition() == typeof(IDictionary<,>))?.GetGenericArguments()[0];

    private static bool IsParsable(Type type) => type.GetInterfaces().Any(part => part.IsGenericType
        && part.GetGenericTypeDefinition() == typeof(IParsable<>) && part.GetGenericArguments()[0] == type);
}
