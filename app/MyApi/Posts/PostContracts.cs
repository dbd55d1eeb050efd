using System.Linq.Expressions;

namespace MyApi.Posts;

/// <summary>A post.</summary>
[Collection("posts")]
public sealed record PostResponse(int Id, string Title, string Body, int UserId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static readonly Expression<Func<Post, PostResponse>> FromRow =
        post => new PostResponse(post.Id, post.Title, post.Body, post.UserId, post.CreatedAt, post.UpdatedAt);

    public static PostResponse From(Post post) => new(post.Id, post.Title, post.Body, post.UserId, post.CreatedAt, post.UpdatedAt);
}

/// <summary>What an author gives.</summary>
public sealed record PostRequest(
    [property: TextLength(1, 200)] string Title,
    [property: TextLength(1, 65_536)] string Body);
