using System.Reflection;

namespace Carafe.Data;

/// <summary>The JSON name of a list of this type: <c>[Collection("users")]</c> gives <c>{"users": [...]}</c>. Without it the name is <c>items</c>.</summary>
/// <param name="name">The name, as it is written.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class ListNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The JSON name of a list of a type.</summary>
    /// <param name="type">What is listed.</param>
    public static string NameOf(Type type) => type.GetCustomAttribute<ListNameAttribute>()?.Name ?? "items";
}
