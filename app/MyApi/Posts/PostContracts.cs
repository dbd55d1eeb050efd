using System.Linq.Expressions;
using System.Text.Json.Serialization;

namespace MyApi.Posts;

/// <summary>A post.</summary>
[ListName("posts")]
public sealed record PostResponse(int Id, string Title, string Body, int UserId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    [property: JsonIgnore] int Version) : IETagged
{
    public static readonly Expression<Func<Post, PostResponse>> FromRow =
        post => new PostResponse(post.Id, post.Title, post.Body, post.UserId, post.CreatedAt, post.UpdatedAt, post.Version);

    public static PostResponse From(Post post) => new(post.Id, post.Title, post.Body, post.UserId, post.CreatedAt, post.UpdatedAt, post.Version);
}

/// <summary>What an author gives.</summary>
public sealed record PostRequest(
    [property: TextLength(1, 200)] string Title,
    [property: TextLength(1, 65_536)] string Body)
{
    public static PostRequest From(Post post) => new(post.Title, post.Body);

    public void CopyTo(Post post) => (post.Title, post.Body) = (Title, Body);
}
