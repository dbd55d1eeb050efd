namespace ApiNamespace1.Notes;

/// <summary>Represents a note.</summary>
public sealed class Note : ITimestamped, IVersioned
{
    public int Id { get; set; }

    [MaxLength(200)]
    public required string Title { get; set; }

    public required string Body { get; set; }

#if (tasks)
    public int? Words { get; set; }

#endif
#if (auth)
    public int UserId { get; set; }

#endif
    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }
}
