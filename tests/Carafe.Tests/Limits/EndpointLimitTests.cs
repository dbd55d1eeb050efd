using System.Globalization;
using Carafe.Limits;

namespace Carafe.Tests.Limits;

/// <summary>What an endpoint with limits answers.</summary>
public sealed class EndpointLimitTests
{
    [Fact]
    public async Task What_is_over_the_limit_is_429_and_passes_after_the_wait_that_it_names()
    {
        await using var app = await LimitApp.StartAsync(app => app.MapGet("/x", () => "x").WithName("x").WithLimit("3/minute"));
        Assert.Equal(3, await app.PassAsync("/x", 3));
        var refused = (await app.GetAsync("/x")).IsError(429);
        Assert.Equal("rate_limited", refused.Json.GetProperty("reason").GetString());
        Assert.Equal("20", refused.Headers["Retry-After"]);
        app.Clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("1", (await app.GetAsync("/x")).IsError(429).Headers["Retry-After"]);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await app.GetAsync("/x")).Status);
    }

    [Fact]
    public async Task Every_answer_of_a_limited_endpoint_says_what_is_left()
    {
        await using var app = await LimitApp.StartAsync(app =>
        {
            app.MapGet("/one", () => "x").WithName("one").WithLimit("3/minute");
            app.MapGet("/two", () => "x").WithName("two").WithLimit("3/minute;10/hour fixed");
            app.MapGet("/fails", string () => throw new InvalidOperationException("x")).WithName("fails").WithLimit("3/minute");
            app.MapGet("/missing", string () => throw Abort.NotFound("x")).WithName("missing").WithLimit("3/minute");
            app.MapGet("/free", () => "x");
        });
        var one = await app.GetAsync("/one");
        Assert.Equal(("\"one\";r=2;t=20", "\"one\";q=3;w=60"), (one.Headers["RateLimit"], one.Headers["RateLimit-Policy"]));
        var two = await app.GetAsync("/two");
        Assert.Equal("\"two 3/minute\";r=2;t=20, \"two 10/hour fixed\";r=9;t=3600", two.Headers["RateLimit"]);
        Assert.Equal("\"two 3/minute\";q=3;w=60, \"two 10/hour fixed\";q=10;w=3600", two.Headers["RateLimit-Policy"]);
        Assert.Equal("\"fails\";r=2;t=20", (await app.GetAsync("/fails")).IsError(500).Headers["RateLimit"]);
        Assert.Equal("\"missing\";r=2;t=20", (await app.GetAsync("/missing")).IsError(404).Headers["RateLimit"]);
        await app.PassAsync("/one", 2);
        Assert.Equal("\"one\";r=0;t=20", (await app.GetAsync("/one")).IsError(429).Headers["RateLimit"]);
        Assert.DoesNotContain("X-RateLimit-Limit", one.Headers.Keys);
        Assert.DoesNotContain("RateLimit", (await app.GetAsync("/free")).Headers.Keys);
    }

    [Fact]
    public async Task The_old_headers_come_where_they_are_asked_for()
    {
        await using var app = await LimitApp.StartAsync(
            app => app.MapGet("/x", () => "x").WithLimit("3/minute;2/hour"),
            builder => builder.Configuration["RATELIMIT_LEGACY_HEADERS"] = "true");
        var headers = (await app.GetAsync("/x")).Headers;
        Assert.Equal(("2", "1"), (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]));
        Assert.Equal(app.Clock.GetUtcNow().AddMinutes(30).ToUnixTimeSeconds(), long.Parse(headers["X-RateLimit-Reset"], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Each_account_and_each_network_has_its_own_count()
    {
        await using var app = await LimitApp.StartAsync(app => app.MapGet("/x", () => "x").WithLimit("2/minute"));
        Assert.Equal(2, await app.PassAsync("/x", 5, "192.0.2.1"));
        Assert.Equal(2, await app.PassAsync("/x", 5, "192.0.2.2"));
        Assert.Equal(2, await app.PassAsync("/x", 5, "192.0.2.1", "7"));
        Assert.Equal(0, await app.PassAsync("/x", 5, "192.0.2.3", "7"));
        Assert.Equal(2, await app.PassAsync("/x", 5, "2001:db8::1"));
        Assert.Equal(0, await app.PassAsync("/x", 5, "2001:db8::ffff"));
        Assert.Equal(2, await app.PassAsync("/x", 5, "2001:db8:0:1::1"));
    }

    [Fact]
    public async Task Who_is_counted_is_for_the_endpoint_to_say()
    {
        await using var app = await LimitApp.StartAsync(app =>
        {
            app.MapGet("/address", () => "x").WithLimit("2/minute", by: LimitBy.Address);
            app.MapGet("/all", () => "x").WithLimit("2/minute", by: LimitBy.Everybody);
            app.MapGet("/own/{key}", () => "x").WithLimit("2/minute", by: context => LimitKey.Of($"{context.Request.RouteValues["key"]}"));
        });
        Assert.Equal(2, await app.PassAsync("/address", 2, "192.0.2.1", "7") + await app.PassAsync("/address", 2, "192.0.2.1", "8"));
        Assert.Equal(2, await app.PassAsync("/all", 2, "192.0.2.1") + await app.PassAsync("/all", 2, "192.0.2.2"));
        Assert.Equal(2, await app.PassAsync("/own/a", 3));
        Assert.Equal(2, await app.PassAsync("/own/a:b", 3));
    }

    [Fact]
    public async Task Limits_of_groups_apply_to_each_endpoint_and_named_ones_to_all_together()
    {
        await using var app = await LimitApp.StartAsync(app =>
        {
            var outer = app.MapGroup("/outer").WithLimit("5/minute", name: "outer");
            var inner = outer.MapGroup("/inner").WithLimit("3/minute");
            inner.MapGet("/a", () => "x").WithName("a");
            inner.MapGet("/b", () => "x").WithName("b");
            inner.MapGet("/free", () => "x").WithoutLimit();
            inner.MapGet("/other", () => "x").WithName("other").WithoutLimit().WithLimit("1/minute");
        });
        Assert.Equal(3, await app.PassAsync("/outer/inner/a", 9));
        Assert.Equal(2, await app.PassAsync("/outer/inner/b", 9));
        Assert.Equal(20, await app.PassAsync("/outer/inner/free", 20));
        Assert.Equal(1, await app.PassAsync("/outer/inner/other", 9));
    }

    [Fact]
    public async Task The_limit_of_the_app_counts_all_endpoints_but_the_exempt_and_health()
    {
        await using var app = await LimitApp.StartAsync(
            app =>
            {
                app.MapHealth();
                app.MapGet("/a", () => "x");
                app.MapGet("/b", () => "x");
                app.MapGet("/free", () => "x").WithoutLimit();
            },
            limits: "4/minute");
        Assert.Equal(3, await app.PassAsync("/a", 3));
        Assert.Equal(1, await app.PassAsync("/b", 3));
        Assert.Equal(10, await app.PassAsync("/free", 10));
        Assert.Equal(10, await app.PassAsync("/healthz", 10));
        Assert.Equal("ok", (await app.GetAsync("/readyz")).Json.GetProperty("checks").GetProperty("limits").GetString());
    }

    [Fact]
    public async Task Cost_exemption_and_what_counts_are_predicates()
    {
        await using var app = await LimitApp.StartAsync(app =>
        {
            app.MapGet("/cost/{n:int}", (int n) => n).WithLimit("10/minute", cost: context => int.Parse((string)context.Request.RouteValues["n"]!,
                CultureInfo.InvariantCulture));
            app.MapGet("/unless", () => "x").WithLimit("1/minute", unless: context => context.Request.Headers.ContainsKey("X-User"));
            app.MapGet("/count/{status:int}", (int status) => Results.StatusCode(status))
                .WithLimit("2/minute", name: "created", countIf: context => context.Response.StatusCode == 201);
            app.MapGet("/thrown", string () => throw Abort.Conflict("x")).WithLimit("2/minute", countIf: context => context.Response.StatusCode != 409);
        });
        var costs = await StatusesAsync(app, "/cost/4", "/cost/4", "/cost/4", "/cost/2", "/cost/1");
        Assert.Equal([200, 200, 429, 200, 429], costs);
        Assert.Equal(5, await app.PassAsync("/unless", 5, user: "7"));
        Assert.Equal(1, await app.PassAsync("/unless", 5));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal("\"created\";r=2;t=0", (await app.GetAsync("/count/200")).Headers["RateLimit"]);
            Assert.Equal(409, (await app.GetAsync("/thrown")).Status);
        }

        var counted = await StatusesAsync(app, "/count/201", "/count/201", "/count/201", "/count/200");
        Assert.Equal([201, 201, 429, 429], counted);
    }

    [Fact]
    public async Task Settings_go_over_the_code()
    {
        await using var app = await LimitApp.StartAsync(
            app =>
            {
                app.MapGet("/x", () => "x").WithName("auth.Login").WithLimit("1/minute;2/hour");
                app.MapGet("/y", () => "x").WithName("y").WithLimit("1/minute");
            },
            builder => builder.Configuration.AddInMemoryCollection([new("LIMITS:auth.login", "4/minute"), new("LIMITS:y", "off")]));
        Assert.Equal(4, await app.PassAsync("/x", 9));
        Assert.Equal(9, await app.PassAsync("/y", 9));
    }

    [Theory]
    [InlineData("RATELIMIT_ENABLED", "false")]
    [InlineData("RATELIMIT_ENABLED", "")]
    public async Task One_switch_turns_all_off_and_Testing_is_off_by_itself(string name, string value)
    {
        await using var app = await LimitApp.StartAsync(app => app.MapGet("/x", () => "x").WithLimit("1/minute"),
            builder => builder.Configuration[name] = value);
        Assert.Equal(5, await app.PassAsync("/x", 5));
    }

    [Fact]
    public async Task The_start_names_every_fault()
    {
        var app = SmallApp.Configured(
            new()
            {
                ["LIMITS:b"] = "0/minute",
                ["LIMITS:nobody"] = "1/minute",
                ["RATELIMIT_STORE"] = "etcd",
            },
            builder => builder.Services.AddLimits());
        app.MapGet("/a", () => "x").WithName("a").WithLimit("5/fortnight");
        app.MapPost("/b", () => "x").WithName("b").WithLimit("5/minute");
        var faults = await SmallApp.FaultsAsync(app);
        const string Unit = "a (/a): WithLimit(\"5/fortnight\"): '5/fortnight': 'fortnight' is no unit";
        Assert.Contains(faults, fault => fault.StartsWith(Unit, StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("b (/b): LIMITS__b: '0/minute': a count is 1 to", StringComparison.Ordinal));
        Assert.Contains("LIMITS__nobody: no limit has this name. There are a, b.", faults);
        Assert.Contains(faults, fault => fault.StartsWith("RATELIMIT_STORE: 'etcd' is not configured", StringComparison.Ordinal));
        Assert.Equal(4, faults.Count);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_as_many_pass_as_the_limit_allows()
    {
        await using var app = await LimitApp.StartAsync(app => app.MapGet("/x", () => "x").WithLimit("20/minute;50/hour moving"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => app.GetAsync("/x")));
        Assert.Equal(20, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.IsError(429));
    }

    private static async Task<List<int>> StatusesAsync(LimitApp app, params string[] paths)
    {
        var statuses = new List<int>();
        foreach (var path in paths)
        {
            statuses.Add((await app.GetAsync(path)).Status);
        }

        return statuses;
    }
}
