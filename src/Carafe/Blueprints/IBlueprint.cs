namespace Carafe;

/// <summary>Groups routes under a name; listed in the factory: <c>app.MapBlueprint&lt;UsersBlueprint&gt;("/users")</c>. It is never instantiated.</summary>
public interface IBlueprint
{
    /// <summary>
    /// Gets the name, unique in the app and lower case: the tag of its operations and the first half of its endpoints' names (<c>users.GetUser</c>).
    /// </summary>
    static abstract string Name { get; }

    /// <summary>Maps the routes. Hooks, error maps, limits and authorization for all of them are set here once, on the group.</summary>
    /// <param name="group">The group, with the prefix applied.</param>
    static abstract void Map(RouteGroupBuilder group);
}
