using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Carafe.Json;

/// <summary>
/// Closes what the serializer leaves open in a type: a member of a struct that may be left out, a body of an abstract type that does not say which it is.
/// </summary>
internal static class JsonTypeModifier
{
    /// <summary>Adds a modifier to every type that the options resolve, with any resolver.</summary>
    public static void AddTo(JsonSerializerOptions options) =>
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(Modify);

    private static void Modify(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        if (type.Type.IsValueType)
        {
            RequireMembers(type);
        }
        else if (MayOmitNull(type.Options))
        {
            RequireNonNull(type);
        }

        if (MayOmitNull(type.Options))
        {
            ReleaseNullable(type);
        }

        // Otherwise the serializer throws NotSupportedException, as for a type that nobody could ever read.
        if (type is { PolymorphismOptions: not null, CreateObject: null } && (type.Type.IsAbstract || type.Type.IsInterface))
        {
            type.CreateObject = static () => throw new JsonException();
        }
    }

    /// <summary>Returns whether a member that is null may be left out of a body.</summary>
    public static bool MayOmitNull(JsonSerializerOptions options) => options.DefaultIgnoreCondition == JsonIgnoreCondition.WhenWritingNull;

    private static void RequireNonNull(JsonTypeInfo type)
    {
        foreach (var member in type.Properties.Where(member => member is { IsExtensionData: false, Set: not null }
            && member.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false } && !MayBeNull(member)))
        {
            member.IsRequired = true;
        }
    }

    // By the word "required", or by the constructor of a struct. An attribute says that the member must be on the wire.
    private static void ReleaseNullable(JsonTypeInfo type)
    {
        foreach (var member in type.Properties.Where(member => member.IsRequired && MayBeNull(member)
            && member.AttributeProvider?.IsDefined(typeof(JsonRequiredAttribute), inherit: true) != true))
        {
            member.IsRequired = false;
        }
    }

    private static bool MayBeNull(JsonPropertyInfo member) =>
        member.PropertyType.IsValueType ? Nullable.GetUnderlyingType(member.PropertyType) is not null : member.IsSetNullable;

    // A struct is made without its constructor, so that nothing asks for the members that a record class would require.
    private static void RequireMembers(JsonTypeInfo type)
    {
        if (type.Type.GetConstructors() is not [var constructor] || constructor.IsDefined(typeof(JsonConstructorAttribute)))
        {
            return;
        }

        var parameters = constructor.GetParameters().Where(parameter => !parameter.HasDefaultValue)
            .Select(parameter => (parameter.Name, parameter.ParameterType)).ToHashSet();
        foreach (var member in type.Properties.Where(member => member is { Set: not null, IsExtensionData: false }
            && member.AttributeProvider is MemberInfo info && parameters.Contains((info.Name, member.PropertyType))))
        {
            member.IsRequired = true;
        }
    }
}
