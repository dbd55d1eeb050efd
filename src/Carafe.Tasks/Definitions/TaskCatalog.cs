using System.Collections.Frozen;

namespace Carafe.Tasks.Definitions;

/// <summary>Holds the types of tasks that the app knows, and its queues.</summary>
internal sealed class TaskCatalog
{
    private readonly FrozenDictionary<Type, TaskDefinition> _byType;
    private readonly FrozenDictionary<string, (TaskDefinition Definition, TaskHandler Handler)> _byName;

    public TaskCatalog(IEnumerable<TaskDefinition> definitions, TaskSettings settings)
    {
        All = [.. definitions];
        // The validator reports what is there twice.
        _byType = All.DistinctBy(definition => definition.Type).ToFrozenDictionary(definition => definition.Type);
        _byName = All.DistinctBy(definition => definition.Name).ToFrozenDictionary(definition => definition.Name,
            definition => (definition, new TaskHandler(definition)));
        Queues = [.. settings.TaskQueues.Append(TaskNames.DefaultQueue).Concat(All.Select(definition => definition.Queue)).Distinct()];
    }

    public IReadOnlyList<TaskDefinition> All { get; }

    /// <summary>Gets every queue that the app knows.</summary>
    public IReadOnlyList<string> Queues { get; }

    public TaskDefinition Of(Type type) => _byType.GetValueOrDefault(type)
        ?? throw new ArgumentException($"{type.Name} is no task of this app: add it with services.AddTask<{type.Name}>(handler).");

    public bool TryFind(string name, out TaskDefinition definition, out TaskHandler handler)
    {
        var found = _byName.TryGetValue(name, out var entry);
        (definition, handler) = entry;
        return found;
    }

    /// <summary>Returns the lanes of queues: each queue's own, then those of its limited tasks.</summary>
    public IReadOnlyList<Lane> Lanes(IReadOnlyList<string> queues) =>
        [.. queues.SelectMany(queue => All.Where(definition => definition.IsLimited).Select(definition => definition.LaneOf(queue))
            .Prepend(new Lane(queue, queue)))];
}
