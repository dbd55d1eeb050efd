namespace JsonApi.Articles;

/// <summary>Represents an article.</summary>
public sealed class Article : ITimestamped
{
    public int Id { get; set; }

    [MaxLength(200)]
    public required string Title { get; set; }

    public required string Body { get; set; }

    public int AuthorId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>Represents an account that likes an article.</summary>
public sealed class Fan
{
    public int ArticleId { get; set; }

    public int UserId { get; set; }
}
