namespace Carafe.Tasks.Definitions;

/// <summary>Names what workers claim from: a queue, or the tasks of one type with a limit in a queue, which then wait without holding up the others.</summary>
internal sealed record Lane(string Name, string Queue)
{
    public int? Concurrency { get; init; }

    public TaskRate? Rate { get; init; }

    public bool IsLimited => Concurrency is not null || Rate is not null;
}
