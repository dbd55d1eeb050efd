namespace ApiNamespace1.ThingSet1;

/// <summary>A row of ThingSet1.</summary>
public sealed class ThingRow1 : ITimestamped, IVersioned
{
    public int Id { get; set; }

    [MaxLength(100)]
    public required string Name { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }
}
