using System.Globalization;

namespace Floor;

/// <summary>The calls that only read.</summary>
public sealed class Reads(Readers readers, Tokens tokens)
{
    private static readonly Alive Ok = new("ok");

    public void Map(WebApplication app)
    {
        app.MapGet("/healthz", context => Answers.Send(context, Ok, Json.Default.Alive));
        app.MapGet("/users/{id:int}", GetUser);
        app.MapGet("/users", ListUsers);
        app.MapGet("/posts", ListPosts);
        app.MapGet("/auth/me", Me);
    }

    private Task GetUser(HttpContext context)
    {
        var id = int.Parse((string)context.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        return With(reader =>
        {
            reader.User.Parameters[0].Value = id;
            using var row = reader.User.ExecuteReader();
            return row.Read() ? User(row) : null;
        }) is { } user
            ? Answers.Send(context, user, Json.Default.UserDto)
            : Answers.Refuse(context, 404, "Not Found", $"User {id} not found");
    }

    private Task ListUsers(HttpContext context)
    {
        if (!Asked(context, "page", 1, int.MaxValue, out var page) || !Asked(context, "limit", 20, 100, out var limit))
        {
            return Answers.Refuse(context, 400, "Bad Request", "page or limit is not a number in range");
        }

        var (rows, total) = With(reader => (Rows(reader.Users, User, limit, (page - 1) * limit), Count(reader.CountUsers)));
        var pages = (total + limit - 1) / limit;
        Link(context, "/users", page, limit, pages);
        return Answers.Send(context, new UserPage(rows, total, page, pages), Json.Default.UserPage);
    }

    private Task ListPosts(HttpContext context)
    {
        if (!Asked(context, "page", 1, int.MaxValue, out var page) || !Asked(context, "limit", 20, 100, out var limit))
        {
            return Answers.Refuse(context, 400, "Bad Request", "page or limit is not a number in range");
        }

        if (context.Request.Query.TryGetValue("after", out var after))
        {
            return ListAfter(context, after.ToString(), limit);
        }

        var (rows, total) = With(reader => (Rows(reader.Posts, Post, limit, (page - 1) * limit), Count(reader.CountPosts)));
        var pages = (total + limit - 1) / limit;
        Link(context, "/posts", page, limit, pages);
        return Answers.Send(context, new PostPage(rows, total, page, pages), Json.Default.PostPage);
    }

    private Task ListAfter(HttpContext context, string after, int limit)
    {
        var (time, id) = ("9999", "0");
        if (after.Length > 0)
        {
            var at = after.IndexOf('_', StringComparison.Ordinal);
            if (at < 0 || !int.TryParse(after.AsSpan(at + 1), out _))
            {
                return Answers.Refuse(context, 400, "Bad Request", "after is not a cursor");
            }

            (time, id) = (after[..at].Replace('T', ' ').TrimEnd('Z'), after[(at + 1)..]);
        }

        var rows = With(reader => Rows(reader.PostsAfter, Post, time, long.Parse(id, CultureInfo.InvariantCulture), limit + 1));
        string? next = null;
        if (rows.Count > limit)
        {
            rows.RemoveAt(limit);
            next = $"{rows[^1].CreatedAt}_{rows[^1].Id}";
        }

        return Answers.Send(context, new CursorPage(rows, next), Json.Default.CursorPage);
    }

    private Task Me(HttpContext context)
    {
        if (tokens.Check(context) is not { } caller)
        {
            return Answers.Refuse(context, 401, "Unauthorized", "A valid access token is required");
        }

        return With(reader =>
        {
            reader.Account.Parameters[0].Value = caller.Session;
            using var row = reader.Account.ExecuteReader();
            return row.Read() ? new AccountDto(row.GetInt32(0), row.GetString(1), row.GetString(2), Times.Rfc3339(row.GetString(3))) : null;
        }) is { } account
            ? Answers.Send(context, account, Json.Default.AccountDto)
            : Answers.Refuse(context, 401, "Unauthorized", "The session has ended");
    }

    private T With<T>(Func<Reader, T> read)
    {
        var reader = readers.Rent();
        var result = read(reader);
        readers.Return(reader);
        return result;
    }

    private static UserDto User(SqliteDataReader row) => new(row.GetInt32(0), row.GetString(1), Times.Rfc3339(row.GetString(2)));

    private static PostDto Post(SqliteDataReader row) =>
        new(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt32(3), Times.Rfc3339(row.GetString(4)), Times.Rfc3339(row.GetString(5)));

    private static int Count(SqliteCommand command) => (int)(long)command.ExecuteScalar()!;

    private static List<T> Rows<T>(SqliteCommand command, Func<SqliteDataReader, T> make, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        var rows = new List<T>(20);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(make(reader));
        }

        return rows;
    }

    private static bool Asked(HttpContext context, string name, int otherwise, int most, out int value)
    {
        value = otherwise;
        return !context.Request.Query.TryGetValue(name, out var text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1 && value <= most);
    }

    private static void Link(HttpContext context, string path, int page, int limit, int pages)
    {
        var previous = page > 1 ? $", <{path}?page={page - 1}&limit={limit}>; rel=\"prev\"" : "";
        var next = page < pages ? $", <{path}?page={page + 1}&limit={limit}>; rel=\"next\"" : "";
        context.Response.Headers.Link = $"<{path}?page=1&limit={limit}>; rel=\"first\"{previous}{next}, <{path}?page={pages}&limit={limit}>; rel=\"last\"";
    }
}
