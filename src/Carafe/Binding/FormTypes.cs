using Carafe.Validation;

namespace Carafe.Binding;

/// <summary>Knows of which types the platform's binder makes something. Of the others it makes null without a word, and of all that holds them.</summary>
internal static class FormTypes
{
    private static readonly Type[] Known = [typeof(string), typeof(Uri), typeof(IFormFile)];

    /// <summary>Returns the member that no fields make, such as <c>Upload.Size</c>; null when all can be made.</summary>
    public static string? Unmade(Type form) => Unmade(form, form.Name, []);

    private static string? Unmade(Type type, string at, HashSet<Type> seen)
    {
        type = ValidatableTypes.Element(type);
        if (Known.Contains(type) || type.IsEnum || IsParsable(type) || !seen.Add(type))
        {
            return null;
        }

        if (type.IsAbstract || type == typeof(object) || !(type.GetConstructors() is [_] || (type.IsValueType && type.GetConstructors().Length == 0)))
        {
            return at;
        }

        var parameters = type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).ToList();
        var members = type.GetProperties()
            .Where(member => member.SetMethod is { IsPublic: true } || parameters.Any(parameter => parameter.Name == member.Name));
        return members.Any() || parameters.Count > 0
            ? members.Select(member => Unmade(member.PropertyType, $"{type.Name}.{member.Name}", seen)).FirstOrDefault(found => found is not null)
            : at;
    }

    private static bool IsParsable(Type type) => type.GetInterfaces().Any(part => part.IsGenericType
        && part.GetGenericTypeDefinition() == typeof(IParsable<>) && part.GetGenericArguments()[0] == type);
}
