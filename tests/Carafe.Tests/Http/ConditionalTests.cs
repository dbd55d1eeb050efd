namespace Carafe.Tests.Http;

public sealed class ConditionalTests
{
    [Fact]
    public async Task What_has_not_changed_is_304_without_a_body()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map, listen: true);
        var first = await app.SendAsync("GET", "/notes/1");
        var tag = first.Headers["ETag"];
        Assert.Equal((200, "no-cache"), (first.Status, first.Headers["Cache-Control"]));
        Assert.Matches("^\"1\\.[0-9a-f]{16}\"$", tag);
        Assert.Equal("Accept, Accept-Encoding, Authorization, Cookie", first.Headers["Vary"]);
        Assert.DoesNotContain("version", first.Body, StringComparison.Ordinal);
        foreach (var known in new[] { tag, $"W/{tag}", $"\"0\", {tag}", "*" })
        {
            foreach (var method in new[] { "GET", "HEAD" })
            {
                var answer = await app.SendAsync(method, "/notes/1", headers: ("If-None-Match", known));
                Assert.Equal((304, ""), (answer.Status, answer.Body));
                Assert.True(answer.Headers.ContainsKey("ETag"));
                Assert.False(answer.Headers.ContainsKey("Content-Type"));
            }
        }

        foreach (var other in new[] { "\"2\"", "1", "nonsense", "\"1\"", $"{tag[..^1]}-gzip\"" })
        {
            Assert.Equal(200, (await app.SendAsync("GET", "/notes/1", headers: ("If-None-Match", other))).Status);
        }
    }

    [Fact]
    public async Task Who_wants_one_version_only_is_not_given_another()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map, listen: true);
        var tag = await TagAsync(app);
        foreach (var (wanted, status) in new[] { (tag, 200), ("*", 200), ($"\"0\", {tag}", 200), ("\"0\"", 412), ($"W/{tag}", 412),
            ($"{tag[..^1]}-gzip\"", 412) })
        {
            Assert.Equal(status, (await app.SendAsync("GET", "/notes/1", headers: ("If-Match", wanted))).Status);
            Assert.Equal(status, (await app.SendAsync("HEAD", "/notes/1", headers: ("If-Match", wanted))).Status);
        }

        (await app.SendAsync("GET", "/notes/1", headers: ("If-Match", "\"0\""))).IsError(412);
    }

    [Fact]
    public async Task A_compressed_answer_has_a_tag_of_its_own_that_names_the_same_version()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        var answer = await app.SendAsync("GET", "/notes/1", headers: ("Accept-Encoding", "gzip"));
        var coded = answer.Headers["ETag"];
        Assert.Equal($"{(await TagAsync(app))[..^1]}-gzip\"", coded);
        Assert.Equal(304, (await app.SendAsync("GET", "/notes/1", headers: [("Accept-Encoding", "gzip"), ("If-None-Match", coded)])).Status);
        Assert.Equal(200, (await app.SendAsync("GET", "/notes/1", headers: [("Accept-Encoding", "br"), ("If-None-Match", coded)])).Status);
        Assert.Equal(200, (await app.SendAsync("PUT", "/notes/1", """{"title":"x"}""", headers: ("If-Match", coded))).Status);
    }

    [Theory]
    [InlineData("PUT", """{"title":"x"}""")]
    [InlineData("PATCH", """{"title":"x"}""")]
    [InlineData("DELETE", null)]
    public async Task Who_has_not_seen_the_latest_changes_nothing(string method, string? body)
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        var tag = await TagAsync(app);
        foreach (var stale in new[] { "\"0\"", $"W/{tag}", "\"x\"", "\"1\"" })
        {
            (await app.SendAsync(method, "/notes/1", body, headers: ("If-Match", stale))).IsError(412);
        }

        Assert.Equal(tag, await TagAsync(app));
        var answer = await app.SendAsync(method, "/notes/1", body, headers: ("If-Match", $"\"7\", {tag}"));
        Assert.InRange(answer.Status, 200, 204);
        if (method != "DELETE")
        {
            Assert.Equal(await TagAsync(app), answer.Headers["ETag"]);
            Assert.StartsWith("\"2.", answer.Headers["ETag"], StringComparison.Ordinal);
            Assert.InRange((await app.SendAsync(method, "/notes/1", body, headers: ("If-Match", "*"))).Status, 200, 204);
        }
    }

    [Fact]
    public async Task Where_a_condition_is_demanded_its_absence_is_428()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        (await app.SendAsync("DELETE", "/notes/1")).IsError(428);
        (await app.SendAsync("DELETE", "/notes/9", headers: ("If-Match", "*"))).IsError(404);
        Assert.Equal(204, (await app.SendAsync("DELETE", "/notes/1", headers: ("If-Match", "*"))).Status);
        (await app.SendAsync("DELETE", "/notes/1", headers: ("If-Match", "*"))).IsError(404);
    }

    [Fact]
    public async Task Create_only_if_there_is_nothing()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        (await app.SendAsync("PUT", "/notes/1", """{"title":"x"}""", headers: ("If-None-Match", "*"))).IsError(412);
        Assert.Equal(201, (await app.SendAsync("PUT", "/notes/2", """{"title":"x"}""", headers: ("If-None-Match", "*"))).Status);
        (await app.SendAsync("PUT", "/notes/3", """{"title":"x"}""", headers: ("If-Match", "*"))).IsError(412);
    }

    [Fact]
    public async Task A_deprecated_endpoint_says_so()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        var answer = await app.SendAsync("GET", "/old");
        Assert.Equal(("@1688169599", "Fri, 04 Oct 2024 00:00:00 GMT", "<https://example.com/new>; rel=\"deprecation\""),
            (answer.Headers["Deprecation"], answer.Headers["Sunset"], answer.Headers["Link"]));
    }

    private static async Task<string> TagAsync(TestApp app) => (await app.SendAsync("GET", "/notes/1")).Headers["ETag"];
}
