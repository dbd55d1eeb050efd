namespace Carafe.Tests.Limits;

/// <summary>A small app with limits, whose callers say where they come from and who they are.</summary>
internal sealed class LimitApp(TestApp app) : IAsyncDisposable
{
    public Microsoft.Extensions.Time.Testing.FakeTimeProvider Clock => app.Clock;

    public IReadOnlyList<string> Log => app.Log;

    public static async Task<LimitApp> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, string? limits = null) =>
        new(await SmallApp.StartAsync(
            app =>
            {
                app.Use((context, next) =>
                {
                    if (context.Request.Headers["X-User"] is [{ } user])
                    {
                        context.User = new(new System.Security.Claims.ClaimsIdentity([new("sub", user)], "test"));
                    }

                    return next(context);
                });
                map(app);
            },
            builder =>
            {
                builder.Services.AddLimits(limits);
                builder.Configuration["RATELIMIT_ENABLED"] = "true";
                configure?.Invoke(builder);
            }));

    public async Task<Answer> SendAsync(string method, string path, string address = "192.0.2.1", string? user = null)
    {
        var context = await app.GetTestServer().SendAsync(
            context =>
            {
                (context.Request.Method, context.Request.Path) = (method, path);
                context.Connection.RemoteIpAddress = IPAddress.Parse(address);
                if (user is not null)
                {
                    context.Request.Headers["X-User"] = user;
                }
            },
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(context.Response.Body);
        return new Answer(context.Response.StatusCode, await reader.ReadToEndAsync(TestContext.Current.CancellationToken),
            context.Response.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
    }

    public Task<Answer> GetAsync(string path, string address = "192.0.2.1", string? user = null) => SendAsync("GET", path, address, user);

    public async Task<int> PassAsync(string path, int requests, string address = "192.0.2.1", string? user = null)
    {
        var passed = 0;
        for (var i = 0; i < requests; i++)
        {
            passed += (await GetAsync(path, address, user)).Status < 400 ? 1 : 0;
        }

        return passed;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
