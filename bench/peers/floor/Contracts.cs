using System.Globalization;
using System.Text.Json.Serialization;

namespace Floor;

public sealed record UserDto(int Id, string Username, string CreatedAt);

public sealed record AccountDto(int Id, string Username, string Email, string CreatedAt);

public sealed record PostDto(int Id, string Title, string Body, int UserId, string CreatedAt, string UpdatedAt);

public sealed record UserPage(List<UserDto> Users, int Total, int Page, int Pages);

public sealed record PostPage(List<PostDto> Posts, int Total, int Page, int Pages);

public sealed record CursorPage(List<PostDto> Posts, string? Next);

public sealed record Alive(string Status);

public sealed record Fault(string Error, string Message, int Status);

public sealed record TokenPair(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn);

public sealed record PostInput(string? Title, string? Body);

public sealed record RegisterInput(string? Username, string? Email, string? Password);

public sealed record LoginInput(string? Email, string? Password);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UserDto))]
[JsonSerializable(typeof(AccountDto))]
[JsonSerializable(typeof(PostDto))]
[JsonSerializable(typeof(UserPage))]
[JsonSerializable(typeof(PostPage))]
[JsonSerializable(typeof(CursorPage))]
[JsonSerializable(typeof(Alive))]
[JsonSerializable(typeof(Fault))]
[JsonSerializable(typeof(TokenPair))]
[JsonSerializable(typeof(PostInput))]
[JsonSerializable(typeof(RegisterInput))]
[JsonSerializable(typeof(LoginInput))]
public sealed partial class Json : JsonSerializerContext;

/// <summary>Times: stored as text that sorts, answered as RFC 3339.</summary>
public static class Times
{
    public static string Stored(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    public static string Rfc3339(string stored) => string.Create(stored.Length + 1, stored, static (text, from) =>
    {
        from.CopyTo(text);
        text[10] = 'T';
        text[^1] = 'Z';
    });
}
