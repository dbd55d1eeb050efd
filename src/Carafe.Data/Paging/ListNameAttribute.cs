using System.Reflection;

namespace Carafe.Data;

/// <summary>Sets the JSON name of a list of this type: <c>[ListName("users")]</c> gives <c>{"users": [...]}</c>. Default: <c>items</c>.</summary>
/// <param name="name">The name, as it is written.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class ListNameAttribute(string name) : Attribute
{
    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <summary>Returns the JSON name of a list of a type.</summary>
    /// <param name="type">What is listed.</param>
    public static string NameOf(Type type) => type.GetCustomAttribute<ListNameAttribute>()?.Name ?? "items";
}
