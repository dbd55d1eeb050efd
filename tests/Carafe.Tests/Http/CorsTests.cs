namespace Carafe.Tests.Http;

public sealed class CorsTests
{
    [Fact]
    public async Task No_origin_is_allowed_until_it_is_named()
    {
        (string, string)[] preflight = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type")];
        await using var closed = await SmallApp.StartAsync(Items.Map);
        Assert.False((await closed.SendAsync("OPTIONS", "/items/1", headers: preflight)).Headers.ContainsKey("Access-Control-Allow-Origin"));
        Assert.False(
            (await closed.SendAsync("GET", "/items/1", headers: ("Origin", "https://evil.example"))).Headers.ContainsKey("Access-Control-Allow-Origin"));

        await using var open = await SmallApp.StartAsync(Items.Map, builder => builder.Configuration["CORS_ORIGINS"] = "https://app.example,https://b.example");
        Assert.False((await open.SendAsync("OPTIONS", "/items/1", headers: preflight)).Headers.ContainsKey("Access-Control-Allow-Origin"));
        preflight[0] = ("Origin", "https://app.example");
        var allowed = await open.SendAsync("OPTIONS", "/items/1", headers: preflight);
        Assert.Equal("https://app.example", allowed.Headers["Access-Control-Allow-Origin"]);
        Assert.False(allowed.Headers.ContainsKey("Access-Control-Allow-Credentials"));
        foreach (var path in new[] { "/items/1", "/nope", "/crash" })
        {
            Assert.Equal("https://app.example",
                (await open.SendAsync("GET", path, headers: ("Origin", "https://app.example"))).Headers["Access-Control-Allow-Origin"]);
        }
    }

    [Fact]
    public async Task An_endpoint_with_a_policy_of_its_own_answers_whether_or_not_an_origin_asks()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapGet("/open", () => "open").RequireCors(policy => policy.WithOrigins("https://b.example"));
            app.MapGet("/named", () => "named").RequireCors();
            app.MapGet("/shut", () => "shut").WithMetadata(new Microsoft.AspNetCore.Cors.DisableCorsAttribute());
        }, builder => builder.Configuration["CORS_ORIGINS"] = "https://app.example");
        foreach (var (path, origin, allowed) in new[] { ("/open", "https://b.example", true), ("/open", "https://app.example", false),
            ("/named", "https://app.example", true), ("/shut", "https://app.example", false) })
        {
            Assert.Equal(200, (await app.SendAsync("GET", path)).Status);
            var answer = await app.SendAsync("GET", path, headers: ("Origin", origin));
            Assert.Equal((200, allowed), (answer.Status, answer.Headers.ContainsKey("Access-Control-Allow-Origin")));
        }
    }

    [Fact]
    public async Task Every_response_varies_by_origin_once_and_shows_pages_the_headers_of_the_contract()
    {
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Configuration["CORS_ORIGINS"] = "https://app.example,https://b.example");
        foreach (var path in new[] { "/items/1", "/nope", "/crash", "/parts" })
        {
            foreach (var origin in new[] { "", "https://evil.example", "https://app.example", "https://b.example" })
            {
                var answer = await app.SendAsync("GET", path, headers: origin.Length == 0 ? [] : [("Origin", origin)]);
                Assert.Equal("Accept, Accept-Encoding, Authorization, Cookie, Origin", answer.Headers["Vary"]);
                if (origin is "https://app.example" or "https://b.example")
                {
                    foreach (var header in new[] { "WWW-Authenticate", "Content-Disposition", "Content-Range", "Accept-Ranges", "Allow", "Accept-Patch",
                        "Idempotency-Replayed", "ETag" })
                    {
                        Assert.Contains(header, answer.Headers["Access-Control-Expose-Headers"], StringComparison.Ordinal);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task An_origin_that_is_none_stops_the_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationException>(
            () => SmallApp.StartAsync(Items.Map, builder => builder.Configuration["CORS_ORIGINS"] = "*,https://a.example/path"));
        Assert.Equal(2, fault.Errors.Count);
    }
}
