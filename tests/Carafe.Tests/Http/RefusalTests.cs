using System.Text;
using Carafe.Tests.Errors;
using Microsoft.AspNetCore.Mvc;

namespace Carafe.Tests.Http;

/// <summary>Responses that come before the whole request has, and methods by the letter.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string, string, int, int> Refused => [.. from megabytes in (int[])[1, 5, 20]
                                                                        from what in ((string, string, int)[])[
                                                                            ("POST", "/items", 413), ("POST", "/nope", 404), ("PUT", "/items", 405),
                                                                            ("POST", "/closed", 401), ("POST", "/small", 413), ("POST", "/late", 409)]
                                                                        select (what.Item1, what.Item2, what.Item3, megabytes)];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_client_that_sends_its_whole_body_first_reads_why_it_was_refused(string method, string path, int status, int megabytes)
    {
        await using var app = await StartAsync();
        var body = Encoding.ASCII.GetBytes(new string('x', (megabytes * 1024 * 1024) + 500_000));
        for (var round = 0; round < 5; round++)
        {
            using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
            await client.SendAsync(body);
            Assert.Equal("close", (await client.ReadAsync()).IsError(status).Headers["Connection"]);
        }
    }

    [Theory]
    [InlineData("POST", "/nope", 404)]
    [InlineData("POST", "/closed", 401)]
    [InlineData("PUT", "/items", 405)]
    public async Task What_waits_for_100_and_is_refused_ends_its_connection(string method, string path, int status)
    {
        await using var app = await StartAsync();
        using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
        await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 20\r\n\r\n");
        Assert.Equal("close", (await client.ReadAsync()).IsError(status).Headers["Connection"]);
        await client.SendAsync("GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.True(await client.EndsAsync());
    }

    [Fact]
    public async Task A_small_body_that_is_refused_keeps_its_connection()
    {
        await using var app = await StartAsync();
        using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
        await client.SendAsync("POST /closed HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.DoesNotContain("Connection", (await client.ReadAsync()).IsError(401).Headers.Keys);
    }

    [Fact]
    public async Task Methods_are_case_sensitive_and_in_another_case_run_nothing()
    {
        var ran = 0;
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapMethods("/any", ["GET", "POST", "PUT", "PATCH", "DELETE", "QUERY"], () => Interlocked.Increment(ref ran));
            app.Use(next => context => context.Request.Path == "/middleware" ? Task.FromResult(Interlocked.Increment(ref ran)) : next(context));
        }, listen: true);
        foreach (var method in new[] { "get", "Get", "head", "post", "put", "patch", "delete", "Delete", "options", "trace", "query", "DELETe", "connect" })
        {
            using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
            foreach (var path in new[] { "/any", "/middleware" })
            {
                await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n");
                (await client.ReadAsync()).IsError(501);
            }
        }

        Assert.Equal(0, ran);
        Assert.Equal(200, (await app.SendAsync("QUERY", "/any")).Status);
    }

    [Fact]
    public async Task A_tunnel_is_405()
    {
        await using var app = await StartAsync();
        using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
        await client.SendAsync("CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n");
        Assert.Contains("GET", (await client.ReadAsync()).IsError(405).Headers["Allow"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/items/%201")]
    [InlineData("/items/1%0A")]
    [InlineData("/items/%2B1")]
    [InlineData("/items/01")]
    [InlineData("/items/-0")]
    [InlineData("/plain/1%20")]
    [InlineData("/plain/00")]
    [InlineData("/ids/0F8FAD5B-D9CB-469F-A165-70867728950E")]
    [InlineData("/ids/0f8fad5bd9cb469fa16570867728950e")]
    [InlineData("/ids/%7B0f8fad5b-d9cb-469f-a165-70867728950e%7D")]
    [InlineData("/flags/True")]
    [InlineData("/flags/%20true")]
    public async Task One_resource_has_one_address(string path)
    {
        await using var app = await StartAsync();
        (await app.SendAsync("GET", path)).IsError(404);
        foreach (var good in new[] { "/items/1", "/plain/0", "/plain/-7", "/ids/0f8fad5b-d9cb-469f-a165-70867728950e", "/flags/true" })
        {
            Assert.Equal(200, (await app.SendAsync("GET", good)).Status);
        }
    }

    internal static void Map(WebApplication app)
    {
        Items.Map(app);
        app.MapPost("/closed", (OrderLine line) => line);
        app.MapPost("/small", (OrderLine line) => line).WithBodyLimit(8 * 1024);
        app.MapPost("/late", async (HttpRequest request) => await request.Body.ReadAsync(new byte[10]) > 0 ? throw Abort.Conflict("no") : 0)
            .WithMetadata(new DisableRequestSizeLimitAttribute());
        app.MapGet("/plain/{n}", (long n) => n);
        app.MapGet("/ids/{id:guid}", (Guid id) => id);
        app.MapGet("/flags/{on}", (bool on) => on);
        app.Use(next => context => context.Request.Path == "/closed" ? context.WriteErrorAsync(new ApiError(401)) : next(context));
    }

    private static Task<TestApp> StartAsync() => SmallApp.StartAsync(Map, listen: true);
}
