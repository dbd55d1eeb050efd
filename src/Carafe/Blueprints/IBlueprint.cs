namespace Carafe;

/// <summary>A named module of routes, listed in the factory: <c>app.MapBlueprint&lt;UsersBlueprint&gt;("/users")</c>. It is never instantiated.</summary>
public interface IBlueprint
{
    /// <summary>The name, unique in the app and lower case: the tag of its operations and the first half of its endpoints' names (<c>users.GetUser</c>).</summary>
    static abstract string Name { get; }

    /// <summary>Maps the routes. What holds for all of them (hooks, error maps, limits, authorization) is said here once, on the group.</summary>
    /// <param name="group">The group, already under the prefix.</param>
    static abstract void Map(RouteGroupBuilder group);
}
