using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Linq.Expressions;

namespace Peer.Data;

public sealed record UserResponse(int Id, string Username, DateTime CreatedAt)
{
    public static readonly Expression<Func<User, UserResponse>> FromRow = user => new UserResponse(user.Id, user.Username, user.CreatedAt);
}

public sealed record AccountResponse(int Id, string Username, string Email, DateTime CreatedAt);

public sealed record PostResponse(int Id, string Title, string Body, int UserId, DateTime CreatedAt, DateTime UpdatedAt)
{
    public static readonly Expression<Func<Post, PostResponse>> FromRow =
        post => new PostResponse(post.Id, post.Title, post.Body, post.UserId, post.CreatedAt, post.UpdatedAt);
}

public sealed record UserPage(IReadOnlyList<UserResponse> Users, int Total, int Page, int Pages);

public sealed record PostPage(IReadOnlyList<PostResponse> Posts, int Total, int Page, int Pages);

public sealed record PostCursorPage(IReadOnlyList<PostResponse> Posts, string? Next);

public sealed record ErrorResponse(string Error, string Message, int Status);

public sealed record PostRequest([property: StringLength(200, MinimumLength = 1)] string Title,
    [property: StringLength(65_536, MinimumLength = 1)] string Body);

public sealed record RegisterRequest(
    [property: StringLength(80, MinimumLength = 1)] string Username,
    [property: EmailAddress] string Email,
    [property: StringLength(128, MinimumLength = 8)] string Password);

public sealed record LoginRequest(string Email, string Password);

/// <summary>What is said about a list in its Link header, and the cursor of a post.</summary>
public static class Paging
{
    public static string Links(string path, int page, int limit, int pages) =>
        string.Join(", ", new[] { ("first", 1), ("prev", page - 1), ("next", page + 1), ("last", pages) }
        .Where(link => link.Item1 switch { "prev" => page > 1, "next" => page < pages, _ => true })
        .Select(link => $"<{path}?page={link.Item2}&limit={limit}>; rel=\"{link.Item1}\""));

    public static string Cursor(PostResponse post) => $"{post.CreatedAt:O}_{post.Id}";

    public static (DateTime Time, int Id) Parse(string cursor)
    {
        var parts = cursor.Split('_');
        return (DateTime.Parse(parts[0], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
