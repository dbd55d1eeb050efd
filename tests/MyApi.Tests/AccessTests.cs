using Microsoft.AspNetCore.Routing;

namespace MyApi.Tests;

/// <summary>Who may call what: every endpoint as guest, as another user, as the owner and as an admin.</summary>
public sealed class AccessTests
{
    // Body is a valid request, so that what is refused is refused for who asks. {user}, {post}, {product} are the owner's.
    public static TheoryData<string, string, string?, int, int, int, int> Rules => new()
    {
        { "GET", "/", null, 200, 200, 200, 200 },
        { "GET", "/healthz", null, 200, 200, 200, 200 },
        { "GET", "/readyz", null, 200, 200, 200, 200 },
        { "GET", "/livez", null, 200, 200, 200, 200 },
        { "GET", "/startupz", null, 200, 200, 200, 200 },
        { "GET", "/users", null, 200, 200, 200, 200 },
        { "POST", "/users", """{"username":"newbie","email":"newbie@example.com","password":"correct horse battery"}""", 401, 403, 403, 201 },
        { "GET", "/users/profile", null, 401, 200, 200, 200 },
        { "GET", "/users/{user}", null, 200, 200, 200, 200 },
        { "GET", "/users/owner", null, 200, 200, 200, 200 },
        { "PUT", "/users/{user}", """{"username":"renamed"}""", 401, 403, 200, 200 },
        { "DELETE", "/users/{user}", null, 401, 403, 204, 204 },
        { "DELETE", "/users/{user}/sessions", null, 401, 403, 403, 204 },
        { "GET", "/users/{user}/posts", null, 200, 200, 200, 200 },
        { "GET", "/users/{user}/posts/{post}", null, 200, 200, 200, 200 },
        { "GET", "/posts", null, 200, 200, 200, 200 },
        { "GET", "/posts/{post}", null, 200, 200, 200, 200 },
        { "POST", "/posts", """{"title":"t","body":"b"}""", 401, 201, 201, 201 },
        { "PUT", "/posts/{post}", """{"title":"t","body":"b"}""", 401, 403, 200, 200 },
        { "PATCH", "/posts/{post}", """{"title":"t"}""", 401, 403, 200, 200 },
        { "DELETE", "/posts/{post}", null, 401, 403, 204, 204 },
        { "GET", "/products", null, 200, 200, 200, 200 },
        { "GET", "/products/{product}", null, 200, 200, 200, 200 },
        { "POST", "/products", """{"name":"Lamp","price":5,"stock":1}""", 401, 403, 403, 201 },
        { "PUT", "/products/{product}", """{"name":"Lamp","price":5,"stock":1}""", 401, 403, 403, 200 },
        { "PATCH", "/products/{product}", """{"stock":1}""", 401, 403, 403, 200 },
        { "DELETE", "/products/{product}", null, 401, 403, 403, 204 },
        { "GET", "/files/docs/a.txt", null, 200, 200, 200, 200 },
        { "PUT", "/files/docs/a.txt", "new text", 401, 403, 204, 204 },
        { "DELETE", "/files/docs/a.txt", null, 401, 403, 204, 204 },
        // The page holds no data.
        { "GET", "/admin/tasks", null, 200, 200, 200, 200 },
        { "GET", "/admin/tasks/api", null, 401, 403, 403, 200 },
        { "GET", $"/admin/tasks/api/{Guid.Empty}", null, 401, 403, 403, 404 },
        { "POST", $"/admin/tasks/api/{Guid.Empty}/retry", null, 401, 403, 403, 404 },
        { "POST", $"/admin/tasks/api/{Guid.Empty}/cancel", null, 401, 403, 403, 404 },
        { "DELETE", "/admin/tasks/api?state=failed", null, 401, 403, 403, 200 },
        { "GET", "/admin/tasks/api/queues", null, 401, 403, 403, 200 },
        { "GET", "/admin/tasks/api/history", null, 401, 403, 403, 200 },
        { "GET", "/admin/tasks/api/schedules", null, 401, 403, 403, 200 },
        { "POST", "/admin/tasks/api/schedules/none/run", null, 401, 403, 403, 404 },
    };

    // Auth has tests of its own; documents and keys are for everybody.
    private static readonly string[] Elsewhere = ["/auth", "/docs", "/openapi", "/.well-known"];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Only_those_who_may_get_through(string method, string path, string? body, int guest, int other, int owner, int admin)
    {
        foreach (var (who, status) in new[] { ("guest", guest), ("other", other), ("owner", owner), ("admin", admin) })
        {
            await using var app = await Api.StartAsync();
            var (author, stranger, root) = (await app.UserAsync("owner"), await app.UserAsync("other"), await app.AdminAsync());
            var (post, product) = (await app.PostAsync(author), await app.ProductAsync("Chair"));
            await app.As(author).PutAsync("/files/docs/a.txt", new StringContent("text")).Expect(201);
            var client = who switch { "guest" => app.Client, "other" => app.As(stranger), "owner" => app.As(author), _ => app.As(root) };
            var address = path.Replace("{user}", $"{author.Id}").Replace("{post}", $"{post.Id}").Replace("{product}", $"{product.Id}");

            var answer = client.SendAsync(Request(method, address, body));
            if (status < 400)
            {
                await answer.Expect(status);
            }
            else
            {
                await answer.ExpectError(status);
            }
        }
    }

    // The route that a rule's path belongs to.
    private static string Pattern(string path) => path.Replace("{user}/posts/{post}", "{id:int}/posts/{post_id:int}").Replace("{post}", "{id:int}")
        .Replace("{user}", "{id:int}").Replace("{product}", "{id:int}").Replace("/users/owner", "/users/{username}").Replace("docs/a.txt", "{**path}")
        .Replace($"{Guid.Empty}", "{id:guid}").Replace("schedules/none", "schedules/{name}").Replace("?state=failed", "");

    [Fact]
    public async Task Every_endpoint_has_its_rule_here()
    {
        await using var app = await Api.StartAsync();
        var mapped = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => !Elsewhere.Any(prefix => endpoint.RoutePattern.RawText!.StartsWith(prefix, StringComparison.Ordinal)))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}"));

        Assert.Equal(mapped.Order(StringComparer.Ordinal), Rules.Select(rule => $"{rule.Data.Item1} {Pattern(rule.Data.Item2)}").Order(StringComparer.Ordinal));
    }

    private static HttpRequestMessage Request(string method, string path, string? body)
    {
        var type = method == "PATCH" ? "application/merge-patch+json" : path.StartsWith("/files", StringComparison.Ordinal) ? "text/plain" : "application/json";
        return new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null
            ? null
            : new StringContent(body, System.Text.Encoding.UTF8, type)
        };
    }
}
