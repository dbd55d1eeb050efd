using System.Text.RegularExpressions;

namespace Carafe.Tests.OpenApi;

/// <summary>Who gets the docs page, and what it may load.</summary>
public sealed class DocsPageTests
{
    [Theory]
    [InlineData("Development", null, 200)]
    [InlineData("Testing", null, 200)]
    [InlineData("Production", null, 404)]
    [InlineData("Production", "true", 200)]
    [InlineData("Development", "false", 404)]
    public async Task The_page_is_off_in_production_unless_a_setting_says_otherwise_and_the_document_is_always_there(string environment, string? enabled,
        int status)
    {
        await using var app = await StartAsync(environment, ("DOCS_ENABLED", enabled));
        Assert.Equal(status, (await GetAsync(app, "/docs/")).Status);
        Assert.Equal(200, (await GetAsync(app, "/openapi/v1.json")).Status);
        Assert.Equal(200, (await GetAsync(app, "/openapi/v1.yaml")).Status);
    }

    [Fact]
    public async Task What_is_required_of_the_docs_is_required_of_the_document_as_well()
    {
        await using var app = await StartAsync("Testing", ("DOCS_CLOSED", "yes"));
        foreach (var path in new[] { "/docs/", "/docs/scalar.js", "/openapi/v1.json", "/openapi/v1.yaml" })
        {
            (await GetAsync(app, path)).IsError(401);
        }

        Assert.Equal(200, (await GetAsync(app, "/cups/1")).Status);
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere_and_runs_only_its_own_script()
    {
        await using var app = await StartAsync("Testing");
        var (page, again) = (await GetAsync(app, "/docs"), await GetAsync(app, "/docs/"));
        var policy = page.Headers["Content-Security-Policy"];
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        var nonce = Regex.Match(policy, "script-src 'nonce-([^']+)'").Groups[1].Value;
        var scripts = Regex.Matches(page.Body, "<script[^>]*>");
        Assert.NotEmpty(scripts);
        Assert.All(scripts, script => Assert.Contains($"nonce=\"{nonce}\"", script.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page.Body);
        Assert.NotEqual(policy, again.Headers["Content-Security-Policy"]);
    }

    [Fact]
    public async Task The_page_has_a_language_a_word_for_browsers_without_script_and_nothing_below_it()
    {
        await using var app = await StartAsync("Testing");
        var page = await GetAsync(app, "/docs/");
        Assert.Contains("<html lang=\"en\">", page.Body, StringComparison.Ordinal);
        Assert.Contains("<noscript>", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Body, StringComparison.Ordinal);
        (await GetAsync(app, "/docs/x")).IsError(404);
    }

    private static Task<TestApp> StartAsync(string environment, params (string Name, string? Value)[] settings) =>
        TestApp.StartAsync(Shop.Create, builder =>
        {
            builder.Environment.EnvironmentName = environment;
            builder.Configuration["SECRET_KEY"] = SmallApp.StrongSecret;
            foreach (var (name, value) in settings)
            {
                builder.Configuration[name] = value;
            }
        });

    private static Task<Answer> GetAsync(TestApp app, string path) => app.SendAsync("GET", path);
}
