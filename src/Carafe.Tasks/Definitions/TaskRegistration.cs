using System.Text.Json.Nodes;

namespace Carafe.Tasks;

/// <summary>Describes a type of task, for <c>AddTask</c>.</summary>
public sealed record TaskRegistration
{
    /// <summary>Gets the name in the database, which outlives the name of the class. Default: the record's name in snake_case.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the version of the arguments, stored with each task. Raise it when the record changes so that it no longer reads the old JSON.
    /// Default: 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>
    /// Gets what makes the JSON of the next version out of an older one, by the older one's number. The start fails when one is missing between the first
    /// and <see cref="Version"/>.
    /// </summary>
    public IReadOnlyDictionary<int, Func<JsonObject, JsonObject>> Upgrades { get; init; } = new Dictionary<int, Func<JsonObject, JsonObject>>();

    /// <summary>Gets the options of each task of this type. Those given to <c>Enqueue</c> go over them.</summary>
    public TaskOptions Defaults { get; init; } = new();

    /// <summary>Gets how many of this type run at once, over all workers. Default: as many as workers have room for.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Gets how many of this type start in a period, over all workers. Celery's <c>rate_limit</c>. Default: no limit.</summary>
    public TaskRate? Rate { get; init; }
}

/// <summary>Describes a rate, such as 100 a minute: <c>new TaskRate(100, TimeSpan.FromMinutes(1))</c>.</summary>
/// <param name="Count">How many may start at once, after a period in which none did.</param>
/// <param name="Per">The period after which as many may start again, spread evenly over it.</param>
public sealed record TaskRate(int Count, TimeSpan Per);
