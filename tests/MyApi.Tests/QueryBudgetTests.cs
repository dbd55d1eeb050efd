using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using MyApi.Users;

namespace MyApi.Tests;

/// <summary>What each endpoint may ask of the database. Who calls has a token, which costs the first query.</summary>
public sealed class QueryBudgetTests
{
    private static readonly object Post = new { title = "A title", body = "A body" };
    private static readonly object Product = new { name = "Lamp", price = 12.5m, stock = 1 };
    private static readonly object NewUser = new { username = "carol", email = "carol@example.com", password = Api.Password };

    public static TheoryData<string, int, object?> Budgets => new()
    {
        { "GET /", 1, null },
        { "GET /auth/me", 2, null },
        { "GET /auth/sessions", 2, null },
        { "GET /auth/export", 5, null },
        { "GET /users", 3, null },
        { "GET /users/profile", 2, null },
        { "GET /users/{id:int}", 2, null },
        { "GET /users/{username}", 2, null },
        { "GET /users/{id:int}/posts", 4, null },
        { "GET /users/{id:int}/posts/{post_id:int}", 2, null },
        { "GET /posts", 3, null },
        { "GET /posts/{id:int}", 2, null },
        { "GET /products", 3, null },
        { "GET /products/{id:int}", 2, null },
        { "GET /files/{**path}", 2, null },
        { "POST /auth/register", 5, NewUser },
        { "POST /auth/forgot", 2, new { email = "alice@example.com" } },
        { "POST /auth/login", 6, new { email = "alice@example.com", password = Api.Password } },
        { "POST /auth/refresh", 2, null },
        { "POST /auth/logout", 2, null },
        { "POST /users", 3, NewUser },
        { "PUT /users/{id:int}", 3, new { username = "roots" } },
        { "DELETE /users/{id:int}", 5, null },
        { "POST /posts", 4, Post },
        { "PUT /posts/{id:int}", 3, Post },
        { "PATCH /posts/{id:int}", 3, Post },
        { "DELETE /posts/{id:int}", 3, null },
        { "POST /products", 2, Product },
        { "PUT /products/{id:int}", 3, Product },
        { "PATCH /products/{id:int}", 3, Product },
        { "DELETE /products/{id:int}", 3, null },
        { "PUT /files/{**path}", 6, "bytes" },
        { "DELETE /files/{**path}", 3, null },
    };

    [Theory]
    [MemberData(nameof(Budgets), DisableDiscoveryEnumeration = true)]
    public async Task An_endpoint_stays_within_its_budget(string route, int queries, object? body)
    {
        await using var app = await Api.StartAsync();
        var root = await PopulateAsync(app);
        var client = app.As(root);
        if (route.EndsWith("/refresh", StringComparison.Ordinal))
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await app.SignInAsync(root)).RefreshToken);
        }

        var (method, path) = (HttpMethod.Parse(route.Split(' ')[0]), Fill(route.Split(' ')[1]));
        using var answer = await app.ExpectQueries(queries, () => client.SendAsync(new HttpRequestMessage(method, path) { Content = Content(method, body) }));

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_endpoint_that_reads_has_a_budget()
    {
        await using var app = await Api.StartAsync();
        var budgets = Budgets.Select(row => row.Data.Item1).ToHashSet();
        var reads = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.Trim('/')}")
            .Where(path => !path.StartsWith("/docs", StringComparison.Ordinal) && !path.StartsWith("/admin", StringComparison.Ordinal)
                && !path.StartsWith("/openapi", StringComparison.Ordinal)
                && path is not ("/healthz" or "/livez" or "/startupz" or "/readyz"));

        Assert.All(reads, path => Assert.Contains($"GET {path}", budgets));
    }

    // Several of each, so that a query for each row shows. The first of each has the id 1.
    private static async Task<User> PopulateAsync(TestApp app)
    {
        var root = await app.AdminAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        var client = app.As(root);
        foreach (var number in Enumerable.Range(1, 3))
        {
            await app.PostAsync(root, $"Post {number}");
            await app.ProductAsync($"Product {number}");
            await client.PutAsync($"/files/{number}.txt", new StringContent("bytes")).Expect(201);
        }

        return root;
    }

    private static string Fill(string route) =>
        route.Replace("{id:int}", "1", StringComparison.Ordinal).Replace("{post_id:int}", "1", StringComparison.Ordinal)
            .Replace("{username}", "alice", StringComparison.Ordinal).Replace("{**path}", "1.txt", StringComparison.Ordinal);

    private static HttpContent? Content(HttpMethod method, object? body) => body switch
    {
        null => null,
        string text => new StringContent(text),
        _ => JsonContent.Create(body, new MediaTypeHeaderValue(method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json")),
    };
}
