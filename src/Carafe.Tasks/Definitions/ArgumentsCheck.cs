using System.Text.Json.Serialization.Metadata;

namespace Carafe.Tasks.Definitions;

/// <summary>Finds, before the first task is enqueued, what of a record could be written as JSON and not be read back.</summary>
internal static class ArgumentsCheck
{
    public static IEnumerable<string> Errors(TaskDefinition definition)
    {
        var type = definition.Type;
        if (!type.IsVisible || type.IsAbstract || type.IsInterface || type.ContainsGenericParameters)
        {
            return [$"The task '{definition.Name}' must be a public record: {type.Name} is {(type.IsVisible ? "abstract or generic" : "not public")}."];
        }

        if (!type.IsClass && !type.IsValueType || type == typeof(string) || type.IsPrimitive || typeof(System.Collections.IEnumerable).IsAssignableFrom(type))
        {
            return [$"The task '{definition.Name}' must be a record with members: {type.Name} is a value or a list."];
        }

        var errors = new List<string>();
        Walk(type, type.Name, definition.Name, [], errors);
        return errors;
    }

    private static void Walk(Type type, string path, string task, HashSet<Type> seen, List<string> errors)
    {
        if (!seen.Add(type))
        {
            return;
        }

        JsonTypeInfo info;
        try
        {
            info = TaskJson.Options.GetTypeInfo(type);
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            errors.Add($"The task '{task}' cannot be stored as JSON: {path}: {error.Message}");
            return;
        }

        switch (info.Kind)
        {
            case JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary when info.ElementType is { } element:
                Walk(element, $"{path}[]", task, seen, errors);
                break;
            case JsonTypeInfoKind.Object:
                WalkMembers(info, path, task, seen, errors);
                break;
            case JsonTypeInfoKind.None when type == typeof(object):
                errors.Add($"The task '{task}' cannot be read back: {path} is of type object. Name the type that it has.");
                break;
        }
    }

    private static void WalkMembers(JsonTypeInfo info, string path, string task, HashSet<Type> seen, List<string> errors)
    {
        var type = info.Type;
        if (typeof(Delegate).IsAssignableFrom(type) || typeof(Stream).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type))
        {
            errors.Add($"The task '{task}' cannot be stored as JSON: {path} is a {type.Name}.");
            return;
        }

        if ((type.IsAbstract || type.IsInterface) && info.PolymorphismOptions is null)
        {
            errors.Add($"The task '{task}' cannot be read back: {path} is the abstract type {type.Name} without [JsonDerivedType].");
            return;
        }

        if (info.CreateObject is null && info.ConstructorAttributeProvider is null && !type.IsValueType && !type.IsAbstract && !type.IsInterface)
        {
            errors.Add($"The task '{task}' cannot be read back: {path} has no constructor that JSON can use.");
        }

        foreach (var member in info.Properties.Where(member => member is { IsExtensionData: false, Get: not null }))
        {
            var name = $"{path}.{member.Name}";
            if (member.Set is null && member.AssociatedParameter is null)
            {
                errors.Add($"The task '{task}' cannot be read back: {name} is written and has neither a setter nor a constructor's parameter. "
                    + "Give it one, or mark it with [JsonIgnore].");
            }

            Walk(member.PropertyType, name, task, seen, errors);
        }

        foreach (var derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            Walk(derived.DerivedType, derived.DerivedType.Name, task, seen, errors);
        }
    }
}
