namespace MyApi.Posts;

/// <summary>Represents a post.</summary>
public sealed class Post : ITimestamped, IVersioned
{
    public int Id { get; set; }

    [MaxLength(200)]
    public required string Title { get; set; }

    public required string Body { get; set; }

    public int UserId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }
}
