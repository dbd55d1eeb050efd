using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

/// <summary>The time of a handler and the time of a transfer are two things.</summary>
public sealed class TransferTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(800);

    [Theory]
    [InlineData("/stream")]
    [InlineData("/own")]
    public async Task An_upload_that_goes_on_is_not_cut_by_the_time_of_its_handler(string path)
    {
        await using var app = await StartAsync();
        using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
        await client.SendAsync($"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");
        for (var part = 0; part < 6; part++)
        {
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
            await client.SendAsync(new byte[10_000]);
        }

        Assert.Equal((200, "60000"), ((await client.ReadAsync()) is var answer ? (answer.Status, answer.Body) : default));
    }

    [Theory]
    [InlineData("/file")]
    [InlineData("/parts")]
    public async Task A_download_that_goes_on_is_not_cut(string path)
    {
        await using var app = await StartAsync();
        using var response = await app.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var (buffer, length, pauses) = (new byte[1024 * 1024], 0L, 0);
        for (int read; (read = await body.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; length += read)
        {
            if (length > pauses * 8_000_000L && pauses++ < 6)
            {
                await Task.Delay(Pause, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(48_000_000, length);
    }

    [Theory]
    [InlineData("PUT", "/hangs-after-body")]
    [InlineData("GET", "/hangs")]
    public async Task A_handler_that_hangs_is_given_up(string method, string path)
    {
        await using var app = await StartAsync();
        Assert.Equal("5", (await app.SendAsync(method, path, Encoding.UTF8.GetBytes("body"), "text/plain")).IsError(503).Headers["Retry-After"]);
    }

    [Fact]
    public async Task A_handler_is_given_up_when_its_time_is_over_and_not_many_times_later()
    {
        await using var app = await StartAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        (await app.SendAsync("GET", "/hangs")).IsError(503);
        Assert.InRange(clock.ElapsedMilliseconds, 2900, 40_000);
    }

    [Fact]
    public async Task A_response_that_is_cut_is_logged_as_cut()
    {
        var log = new LogLines();
        await using var app = await StartAsync(log);
        await Assert.ThrowsAnyAsync<Exception>(async () => await app.Client.GetByteArrayAsync("/hangs-in-the-middle", TestContext.Current.CancellationToken));

        await log.UntilAsync(
            lines => lines.Of("Carafe.Access").Any(line => line.Contains("/hangs-in-the-middle 200", StringComparison.Ordinal)
                && line.EndsWith("cut off", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Helpers_have_the_requests_time_without_being_given_it()
    {
        await using var app = await StartAsync();
        (await app.SendAsync("GET", "/helper")).IsError(503);
        Assert.False(RequestCancellation.Token.CanBeCanceled);
    }

    [Fact]
    public async Task What_runs_on_behind_a_request_has_no_other_requests_time()
    {
        var (token, go) = (new TaskCompletionSource<CancellationToken>(), new TaskCompletionSource());
        await using var app = await StartAsync(map: routes => routes.MapGet("/leaves-work", () =>
        {
            _ = Task.Run(async () =>
            {
                await go.Task;
                token.SetResult(RequestCancellation.Token);
            });
        }));
        Assert.Equal(200, (await app.SendAsync("GET", "/leaves-work")).Status);
        go.SetResult();
        Assert.False((await token.Task).CanBeCanceled);
    }

    private static Task<TestApp> StartAsync(LogLines? log = null, Action<WebApplication>? map = null) => SmallApp.StartAsync(
        app =>
        {
            Map(app);
            map?.Invoke(app);
        },
        builder =>
        {
            builder.Configuration["REQUEST_TIMEOUT"] = "3s";
            _ = log is null ? builder.Logging : builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Information);
        },
        listen: true);

    private static void Map(WebApplication app)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("carafe-transfer-").FullName, "file");
        File.WriteAllBytes(file, new byte[48_000_000]);
        app.Lifetime.ApplicationStopped.Register(() => File.Delete(file));
        app.MapPut("/stream", LengthAsync);
        app.MapPut("/own", LengthAsync).WithRequestTimeout(TimeSpan.FromSeconds(3));
        app.MapGet("/file", () => TypedResults.PhysicalFile(file));
        app.MapGet("/parts", async (HttpContext context) =>
        {
            for (var part = 0; part < 480; part++)
            {
                await context.Response.Body.WriteAsync(new byte[100_000], context.RequestAborted);
            }
        });
        app.MapPut("/hangs-after-body", async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            await LengthAsync(request, cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        app.MapGet("/hangs", (CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        app.MapGet("/hangs-in-the-middle", async (HttpContext context) =>
        {
            await context.Response.Body.WriteAsync(new byte[10], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        app.MapGet("/helper", () => HelperAsync());
    }

    private static Task HelperAsync() => Task.Delay(Timeout.Infinite, RequestCancellation.Or(default));

    private static async Task<Ok<long>> LengthAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (buffer, length) = (new byte[4096], 0L);
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            length += read;
        }

        return TypedResults.Ok(length);
    }
}
