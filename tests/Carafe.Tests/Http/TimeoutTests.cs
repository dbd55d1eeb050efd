using Microsoft.AspNetCore.Http.Timeouts;

namespace Carafe.Tests.Http;

/// <summary>The time that a request may take: of the app, of an endpoint, of a handler that takes more.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task What_looks_at_its_cancellation_is_given_up_and_the_next_request_has_its_own_time()
    {
        await using var app = await StartAsync();
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal("5", (await app.SendAsync("GET", "/endless")).IsError(503).Headers["Retry-After"]);
            Assert.Equal("false", (await app.SendAsync("GET", "/cancelled")).Body);
        }
    }

    [Fact]
    public async Task What_ignores_its_cancellation_completes()
    {
        await using var app = await StartAsync();
        var answer = await app.SendAsync("GET", "/stubborn");
        Assert.Equal((200, "true"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_middleware_without_an_endpoint_is_given_up_as_well()
    {
        await using var app = await StartAsync();
        (await app.SendAsync("GET", "/middleware")).IsError(503);
    }

    [Fact]
    public async Task An_endpoint_can_have_its_own_time_or_all_the_time()
    {
        await using var app = await StartAsync();
        (await app.SendAsync("GET", "/own")).IsError(504);
        Assert.Equal("none", (await app.SendAsync("GET", "/unlimited")).Body);
    }

    [Fact]
    public async Task A_handler_can_take_all_the_time_it_needs()
    {
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await StartAsync(routes => routes.MapGet("/long", async (HttpContext context) =>
        {
            context.Features.Get<IHttpRequestTimeoutFeature>()!.DisableTimeout();
            begun.SetResult();
            await end.Task;
            return context.RequestAborted.IsCancellationRequested;
        }));
        var answer = app.SendAsync("GET", "/long");
        await begun.Task;
        (await app.SendAsync("GET", "/endless")).IsError(503);
        end.SetResult();
        Assert.Equal("false", (await answer).Body);
    }

    private static Task<TestApp> StartAsync(Action<WebApplication>? map = null) => SmallApp.StartAsync(
        app =>
        {
            Items.Map(app);
            app.MapGet("/cancelled", (CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested);
            app.MapGet("/stubborn", async (HttpContext context) =>
            {
                var over = new TaskCompletionSource();
                context.RequestAborted.Register(over.SetResult);
                await over.Task;
                return context.RequestAborted.IsCancellationRequested;
            });
            app.MapGet("/own", (CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken))
                .WithRequestTimeout(TimeSpan.FromMilliseconds(50));
            app.MapGet("/unlimited", (HttpContext context) => context.Features.Get<IHttpRequestTimeoutFeature>() is null ? "none" : "some")
                .DisableRequestTimeout();
            app.Use(next => context => context.Request.Path == "/middleware" ? Task.Delay(Timeout.Infinite, context.RequestAborted) : next(context));
            map?.Invoke(app);
        },
        builder => builder.Configuration["REQUEST_TIMEOUT"] = "100ms",
        listen: true);
}
