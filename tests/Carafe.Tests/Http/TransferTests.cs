using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Carafe.Tests.Http;

/// <summary>
/// The time of a handler and the time of a transfer are two things. The clock of the deadlines is moved while the handler is known to wait for its client,
/// so that nothing depends on how fast the machine is.
/// </summary>
public sealed class TransferTests
{
    private const int Part = 24_000_000;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("/stream")]
    [InlineData("/own")]
    public async Task An_upload_that_goes_on_is_not_cut_by_the_time_of_its_handler(string path)
    {
        await using var app = await Transfers.StartAsync();
        using var client = await RawConnection.OpenAsync(app.Http.Client.BaseAddress!);
        await client.SendAsync($"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");
        for (var part = 0; part < 6; part++)
        {
            await app.WaitsAsync(part * 10_000);
            app.Clock.Advance(Pause);
            await client.SendAsync(new byte[10_000]);
        }

        Assert.Equal((200, "60000"), ((await client.ReadAsync()) is var answer ? (answer.Status, answer.Body) : default));
    }

    [Fact]
    public async Task A_download_in_parts_that_goes_on_is_not_cut()
    {
        await using var app = await Transfers.StartAsync();
        using var response = await app.Http.Client.GetAsync("/parts", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[Part];
        for (var part = 0; part < 3; part++)
        {
            // More than lies in any buffer between the two: it goes on when the client reads it.
            await app.WaitsAsync(part);
            app.Clock.Advance(Pause);
            await body.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, await body.ReadAsync(buffer, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_is_read_slowly_is_not_cut()
    {
        await using var app = await Transfers.StartAsync();
        using var response = await app.Http.Client.GetAsync("/file", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var (buffer, length) = (new byte[1024 * 1024], 0L);
        for (int read; (read = await body.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; length += read)
        {
            if (length < 2 * Part - 20_000_000)
            {
                app.Clock.Advance(Pause);
            }
        }

        Assert.Equal(2 * Part, length);
    }

    [Theory]
    [InlineData("PUT", "/hangs-after-body")]
    [InlineData("GET", "/hangs")]
    [InlineData("GET", "/helper")]
    public async Task A_handler_that_hangs_is_given_up_when_its_time_is_over_and_not_before(string method, string path)
    {
        await using var app = await Transfers.StartAsync();
        var answer = app.Http.SendAsync(method, path, Encoding.UTF8.GetBytes("body"), "text/plain");
        var token = await app.HangsAsync();
        app.Clock.Advance(Time - TimeSpan.FromMilliseconds(10));
        Assert.False(token.IsCancellationRequested);
        app.Clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal("5", (await answer).IsError(503).Headers["Retry-After"]);
        Assert.False(RequestCancellation.Token.CanBeCanceled);
    }

    [Fact]
    public async Task A_handler_that_hangs_is_given_up_by_the_machines_clock_where_the_apps_stands_still()
    {
        await using var app = await SmallApp.StartAsync(
            app => app.MapGet("/hangs", (CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken)),
            builder => builder.Configuration["REQUEST_TIMEOUT"] = "200ms",
            listen: true);
        (await app.SendAsync("GET", "/hangs")).IsError(503);
    }

    [Fact]
    public async Task The_time_that_passes_between_two_parts_is_the_handlers()
    {
        await using var app = await Transfers.StartAsync();
        using var response = await app.Http.Client.GetAsync("/hangs-in-the-middle", HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        var token = await app.HangsAsync();
        app.Clock.Advance(Time);
        Assert.True(token.IsCancellationRequested);
        await Assert.ThrowsAnyAsync<Exception>(async () => await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await app.Log.UntilAsync(
            lines => lines.Of("Carafe.Access").Any(line => line.Contains("/hangs-in-the-middle 200", StringComparison.Ordinal)
                && line.EndsWith("cut off", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_runs_on_behind_a_request_has_no_other_requests_time()
    {
        var (token, go) = (new TaskCompletionSource<CancellationToken>(), new TaskCompletionSource());
        await using var app = await Transfers.StartAsync(routes => routes.MapGet("/leaves-work", () =>
        {
            _ = Task.Run(async () =>
            {
                await go.Task;
                token.SetResult(RequestCancellation.Token);
            });
        }));
        Assert.Equal(200, (await app.Http.SendAsync("GET", "/leaves-work")).Status);
        go.SetResult();
        Assert.False((await token.Task).CanBeCanceled);
    }

    /// <summary>An app whose handlers say when they wait for their client, and for what.</summary>
    private sealed class Transfers : IAsyncDisposable
    {
        private readonly Channel<long> _waits = Channel.CreateUnbounded<long>();
        private readonly TaskCompletionSource<CancellationToken> _hangs = new();

        public TestApp Http { get; private set; } = null!;

        public FakeTimeProvider Clock { get; } = new();

        public LogLines Log { get; } = new();

        public static async Task<Transfers> StartAsync(Action<WebApplication>? map = null)
        {
            var app = new Transfers();
            app.Http = await SmallApp.StartAsync(
                routes =>
                {
                    app.Map(routes);
                    map?.Invoke(routes);
                },
                builder =>
                {
                    builder.Configuration["REQUEST_TIMEOUT"] = "3s";
                    builder.Services.AddKeyedSingleton<TimeProvider>("Carafe.RequestTimeouts", app.Clock);
                    builder.Logging.AddProvider(app.Log).SetMinimumLevel(LogLevel.Information);
                },
                listen: true);
            return app;
        }

        /// <summary>Waits until a handler waits for its client after so much of the transfer.</summary>
        public async Task WaitsAsync(long after)
        {
            while (await _waits.Reader.ReadAsync(TestContext.Current.CancellationToken) != after)
            {
            }
        }

        /// <summary>Waits until a handler hangs, and gives its token.</summary>
        public Task<CancellationToken> HangsAsync() => _hangs.Task.WaitAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Http.DisposeAsync();

        private void Map(WebApplication app)
        {
            var file = Path.Combine(Directory.CreateTempSubdirectory("carafe-transfer-").FullName, "file");
            File.WriteAllBytes(file, new byte[2 * Part]);
            app.Lifetime.ApplicationStopped.Register(() => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true));
            app.MapPut("/stream", LengthAsync);
            app.MapPut("/own", LengthAsync).WithRequestTimeout(Time);
            app.MapGet("/file", () => TypedResults.PhysicalFile(file));
            app.MapGet("/parts", async (HttpContext context) =>
            {
                for (var part = 0; part < 3; part++)
                {
                    var pending = context.Response.Body.WriteAsync(new byte[Part], context.RequestAborted);
                    _waits.Writer.TryWrite(part);
                    await pending;
                }
            });
            app.MapPut("/hangs-after-body", async (HttpRequest request, CancellationToken cancellationToken) =>
            {
                await LengthAsync(request, cancellationToken);
                await HangAsync(cancellationToken);
            });
            app.MapGet("/hangs", HangAsync);
            app.MapGet("/hangs-in-the-middle", async (HttpContext context) =>
            {
                await context.Response.Body.WriteAsync(new byte[10], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await HangAsync(context.RequestAborted);
            });
            app.MapGet("/helper", () => HangAsync(RequestCancellation.Or(default)));
        }

        private Task HangAsync(CancellationToken cancellationToken)
        {
            var pending = Task.Delay(Timeout.Infinite, cancellationToken);
            _hangs.SetResult(cancellationToken);
            return pending;
        }

        private async Task<Ok<long>> LengthAsync(HttpRequest request, CancellationToken cancellationToken)
        {
            var (buffer, length) = (new byte[4096], 0L);
            while (true)
            {
                var pending = request.Body.ReadAsync(buffer, cancellationToken);
                if (!pending.IsCompleted)
                {
                    _waits.Writer.TryWrite(length);
                }

                if (await pending is var read and > 0)
                {
                    length += read;
                    continue;
                }

                return TypedResults.Ok(length);
            }
        }
    }
}
