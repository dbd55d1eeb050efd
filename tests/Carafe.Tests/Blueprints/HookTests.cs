using Microsoft.AspNetCore.Routing;

namespace Carafe.Tests.Blueprints;

public sealed class HookTests
{
    private sealed class Outer : IBlueprint
    {
        public static string Name => "outer";

        public static void Map(RouteGroupBuilder group)
        {
            Trace(group, "outer 1");
            group.MapBlueprint<Inner>("/inner");
            Trace(group, "outer 2");
        }
    }

    private sealed class Inner : IBlueprint
    {
        public static string Name => "inner";

        public static void Map(RouteGroupBuilder group)
        {
            Trace(group, "inner 1");
            Trace(group, "inner 2");
            group.MapGet("/", (HttpContext context) => context.Response.WriteAsync("hello"));
            group.MapGet("/json", () => TypedResults.Ok(new { Big = new string('x', 100_000) }));
            group.MapGet("/nothing", () => TypedResults.NoContent());
            group.MapGet("/missing", () => TypedResults.NotFound());
            group.MapGet("/abort", string () => throw Abort.NotFound("No such thing"));
            group.MapGet("/crash", string (HttpContext context) =>
            {
                context.Response.Headers["X-Lost"] = "yes";
                throw new InvalidOperationException("boom");
            });
            group.MapGet("/closed", () => "closed").RequireAuthorization();
            group.MapPost("/echo", (Body body) => body);
        }
    }

    public sealed record Body(int Number);

    private static void Trace(RouteGroupBuilder group, string name) => group
        .WithBefore(context =>
        {
            context.Items["before"] = $"{context.Items["before"]}>{name}";
            return ValueTask.FromResult<IResult?>(context.Request.Query["stop"] == name ? TypedResults.Text("stopped") : null);
        })
        .WithAfter(context =>
        {
            context.Response.Headers["X-Before"] = (string?)context.Items["before"];
            context.Response.Headers.Append("X-After", $"{name}");
            context.Response.Headers["X-Status"] = $"{context.Response.StatusCode}";
            return Task.CompletedTask;
        });

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/json", 200)]
    [InlineData("/nothing", 204)]
    [InlineData("/missing", 404)]
    [InlineData("/abort", 404)]
    [InlineData("/crash", 500)]
    public async Task Outer_hooks_run_around_inner_ones_on_every_answer(string path, int status)
    {
        await using var app = await StartAsync();

        var response = await GetAsync(app, "/outer/inner" + path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(">outer 1>outer 2>inner 1>inner 2", Header(response, "X-Before"));
        Assert.Equal("inner 2,inner 1,outer 2,outer 1", Header(response, "X-After"));
        Assert.Equal($"{status}", Header(response, "X-Status"));
        Assert.False(response.Headers.Contains("X-Lost"));
        if (status >= 400)
        {
            Assert.Equal(status,
                (await response.Content.ReadFromJsonAsync<ErrorBody>(JsonConventions.Apply(new()), TestContext.Current.CancellationToken))?.Status);
        }
    }

    [Fact]
    public async Task The_body_is_whole_when_hooks_have_held_it()
    {
        await using var app = await StartAsync();

        Assert.Equal("hello", await (await GetAsync(app, "/outer/inner")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(100_010, (await (await GetAsync(app, "/outer/inner/json")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task A_before_hook_that_answers_ends_the_request_and_the_after_hooks_still_run()
    {
        await using var app = await StartAsync();

        var response = await GetAsync(app, "/outer/inner/crash?stop=outer 2");

        Assert.Equal("stopped", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((">outer 1>outer 2", "inner 2,inner 1,outer 2,outer 1"), (Header(response, "X-Before"), Header(response, "X-After")));
    }

    [Fact]
    public async Task Before_hooks_run_before_the_body_is_read_and_after_hooks_when_it_makes_no_sense()
    {
        await using var app = await StartAsync();

        var response = await app.Client.PostAsJsonAsync("/outer/inner/echo", new { number = "one" }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal((">outer 1>outer 2>inner 1>inner 2", "400"), (Header(response, "X-Before"), Header(response, "X-Status")));
    }

    [Fact]
    public async Task What_authorization_refuses_passes_the_after_hooks_and_not_the_before_hooks()
    {
        await using var app = await StartAsync();

        var response = await GetAsync(app, "/outer/inner/closed");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(("", "inner 2,inner 1,outer 2,outer 1"), (Header(response, "X-Before"), Header(response, "X-After")));
    }

    [Theory]
    [InlineData("/before")]
    [InlineData("/after")]
    [InlineData("/after-json")]
    [InlineData("/after-nothing")]
    [InlineData("/after-crash")]
    public async Task A_hook_that_throws_is_answered_in_the_one_shape(string path)
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapGet("/before", () => "never").WithBefore(_ => throw new AbortException(new ApiError(418, "thrown")));
            var after = app.MapGroup("").WithAfter(_ => throw new AbortException(new ApiError(418, "thrown")));
            after.MapGet("/after", (HttpContext context) => context.Response.WriteAsync("text of the handler"));
            after.MapGet("/after-json", () => TypedResults.Ok(new { text = "of the handler" }));
            after.MapGet("/after-nothing", () => TypedResults.NoContent());
            after.MapGet("/after-crash", string () => throw Abort.With(new ApiError(418, "thrown")));
        });

        var response = await GetAsync(app, path);

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal("thrown",
            (await response.Content.ReadFromJsonAsync<ErrorBody>(JsonConventions.Apply(new()), TestContext.Current.CancellationToken))?.Message);
    }

    [Fact]
    public async Task Files_and_streams_pass_the_hooks_whole()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('f', 200_000), TestContext.Current.CancellationToken);
        await using var app = await SmallApp.StartAsync(app =>
        {
            var group = app.MapGroup("").WithAfter(context =>
            {
                context.Response.Headers["X-After"] = "yes";
                return Task.CompletedTask;
            });
            group.MapGet("/file", () => TypedResults.PhysicalFile(file));
            group.MapGet("/stream", () => TypedResults.Stream(async stream =>
            {
                for (var round = 0; round < 100; round++)
                {
                    await stream.WriteAsync(new byte[1000]);
                    await stream.FlushAsync();
                }
            }));
        });

        foreach (var (path, length) in new[] { ("/file", 200_000), ("/stream", 100_000) })
        {
            var response = await GetAsync(app, path);
            Assert.Equal((length, "yes"),
                ((await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length, Header(response, "X-After")));
        }

        File.Delete(file);
    }

    private static Task<TestApp> StartAsync() => SmallApp.StartAsync(
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapBlueprint<Outer>("/outer");
        },
        builder =>
        {
            builder.Services.AddAuthentication().AddCookie(cookie => cookie.Events.OnRedirectToLogin = context =>
            {
                context.Response.StatusCode = 401;
                return Task.CompletedTask;
            });
            builder.Services.AddAuthorization();
        });

    private static Task<HttpResponseMessage> GetAsync(TestApp app, string path) =>
        app.Client.GetAsync(path, TestContext.Current.CancellationToken);

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";
}
