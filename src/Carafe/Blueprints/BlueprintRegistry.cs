namespace Carafe.Blueprints;

/// <summary>Keeps the blueprints of one app in the order of the factory. Mapping is single-threaded and happens before the start.</summary>
internal sealed class BlueprintRegistry
{
    private readonly Dictionary<IEndpointRouteBuilder, (string Name, string Prefix)> _groups = [];
    private readonly Stack<IEndpointRouteBuilder> _open = new();

    public List<(string Name, string Prefix)> Mapped { get; } = [];

    /// <summary>
    /// Adds a blueprint and returns its full name. Its parent is the blueprint that it is mapped on, or the one whose <c>Map</c> is running.
    /// </summary>
    public string Add(string name, string prefix, IEndpointRouteBuilder routes, IEndpointRouteBuilder group)
    {
        var full = _groups.TryGetValue(routes, out var parent) || (_open.TryPeek(out var around) && _groups.TryGetValue(around, out parent))
            ? (Name: $"{parent.Name}.{name}", Prefix: parent.Prefix + prefix)
            : (Name: name, Prefix: prefix);
        _groups[group] = full;
        Mapped.Add(full);
        return full.Name;
    }

    public void Map<TBlueprint>(RouteGroupBuilder group)
        where TBlueprint : IBlueprint
    {
        _open.Push(group);
        TBlueprint.Map(group);
        _open.Pop();
    }
}

/// <summary>Marks each endpoint of a blueprint; the innermost comes last.</summary>
internal sealed record BlueprintMetadata(string Name, Type Type);
