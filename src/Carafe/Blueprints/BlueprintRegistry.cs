namespace Carafe.Blueprints;

/// <summary>The blueprints of one app, in the order of the factory. Mapping is single-threaded and happens before the start.</summary>
internal sealed class BlueprintRegistry
{
    private readonly Stack<string> _open = new();

    public List<(string Name, string Prefix)> Mapped { get; } = [];

    public string Enter(string name, string prefix)
    {
        var full = _open.TryPeek(out var parent) ? $"{parent}.{name}" : name;
        _open.Push(full);
        Mapped.Add((full, prefix));
        return full;
    }

    public void Leave() => _open.Pop();
}

/// <summary>On each endpoint of a blueprint; the innermost comes last.</summary>
internal sealed record BlueprintMetadata(string Name);
