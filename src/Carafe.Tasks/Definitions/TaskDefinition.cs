using System.Text.Json.Nodes;

namespace Carafe.Tasks.Definitions;

/// <summary>Represents a registered type of task with its handler.</summary>
internal sealed class TaskDefinition(Type type, Delegate handler, TaskRegistration registration)
{
    public Type Type { get; } = type;

    public Delegate Handler { get; } = handler;

    public string Name { get; } = registration.Name ?? TaskNames.Of(type);

    public int Version => registration.Version;

    public IReadOnlyDictionary<int, Func<JsonObject, JsonObject>> Upgrades => registration.Upgrades;

    public TaskOptions Defaults => registration.Defaults;

    public bool IsLimited => registration.Concurrency is not null || registration.Rate is not null;

    public string Queue => Defaults.Queue ?? TaskNames.DefaultQueue;

    public Lane LaneOf(string queue) => IsLimited
        ? new Lane($"{queue}/{Name}", queue) { Concurrency = registration.Concurrency, Rate = registration.Rate }
        : new Lane(queue, queue);

    public IEnumerable<string> Errors()
    {
        if (!TaskNames.IsValid(Name))
        {
            yield return $"The task {Type.Name} has the name '{Name}': it must be {TaskNames.Form}.";
        }

        if (Defaults.Error() is { } error)
        {
            yield return $"The defaults of task '{Name}' are invalid: {error}.";
        }

        if (registration.Concurrency is < 1)
        {
            yield return $"The concurrency of task '{Name}' must be at least 1.";
        }

        if (registration.Rate is { } rate && (rate.Count < 1 || rate.Per <= TimeSpan.Zero))
        {
            yield return $"The rate of task '{Name}' must be at least 1 in a positive period.";
        }

        if (Version < 1)
        {
            yield return $"The version of task '{Name}' must be at least 1.";
        }

        foreach (var missing in Enumerable.Range(1, Math.Max(0, Version - 1)).Where(version => !Upgrades.ContainsKey(version)))
        {
            yield return $"The task '{Name}' has version {Version} and no upgrade from version {missing}: tasks enqueued before could not be read.";
        }
    }
}
