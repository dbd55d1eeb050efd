using System.Text;
using Carafe.Tests.Errors;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

/// <summary>Requests that end before they are whole: every sort of end, on every sort of endpoint that reads a body.</summary>
public sealed class EarlyEndTests
{
    private static readonly (string Method, string Path)[] Readers = [("POST", "/json"), ("PATCH", "/patch"), ("POST", "/once"), ("PUT", "/stream"),
        ("POST", "/pipe"), ("POST", "/form")];

    private static readonly string[] Malformed =
    [
        "z\r\n", "80000000\r\nabc", "ffffffffffffffff\r\n", "-1\r\nx\r\n", "2\r\nabc\r\n", "1\r\n{\r\n0\r\nX: \u00ff\r\n\r\n", "1\r\n{\r\n0\r\nX: \0\r\n\r\n",
        "1\r\n{\r\n0\r\nX\r\n\r\n",
    ];

    public static TheoryData<string, string, string> Broken => [.. from reader in Readers from body in Malformed select (reader.Method, reader.Path, body)];

    public static TheoryData<string, string, int> Limited => [.. from reader in Readers from size in (int[])[8_193, 20_000, 65_536, 65_537, 150_000]
                                                                 select (reader.Method, reader.Path, size)];

    private static readonly (string Name, Func<Results<Ok<OrderLine>, NotFound>> Of)[] Ends =
    [
        ("ok", () => TypedResults.Ok(new OrderLine("Tea", 1))),
        ("bare", () => TypedResults.NotFound()),
        ("abort", () => throw Abort.Unauthorized("Invalid credentials")),
        ("invalid", () => throw new Microsoft.AspNetCore.Http.BadHttpRequestException("Unreadable")),
        ("cancelled", () => throw new OperationCanceledException()),
    ];

    public static TheoryData<string, string> Late => [.. from end in Ends
                                                         from route in ((string, string)[])[("GET", "/late/"), ("POST", "/late/")]
                                                         select (route.Item1, route.Item2 + end.Name)];

    public static TheoryData<string, string> Reads => [.. Readers];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_malformed_body_is_400_in_the_standard_format_and_no_error_of_the_server(string method, string path, string body)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log);
        using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
        await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n{Type(path)}Transfer-Encoding: chunked\r\nIdempotency-Key: k\r\n\r\n{body}");

        (await client.ReadAsync()).IsError(400);
        await Still(app, log);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_body_that_ends_too_early_is_400(string method, string path)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log);
        using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
        await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n{Type(path)}Content-Length: 9\r\nIdempotency-Key: k\r\n\r\n{{x");
        client.EndSending();

        (await client.ReadAsync()).IsError(400);
        await Still(app, log);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_client_that_resets_its_upload_is_a_line_of_the_access_log_alone(string method, string path)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log);
        using (var client = await RawConnection.OpenAsync(app.Client.BaseAddress!))
        {
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n{Type(path)}Content-Length: 900\r\nIdempotency-Key: k\r\n\r\n{{x");
            await log.UntilAsync(lines => lines.Of("Arrived").Length > 0);
            client.Reset();
        }

        // The server may see that the body ends before it sees why.
        await log.UntilAsync(lines => lines.Of("Carafe.Access").Any(line =>
            line.Contains($"{path} 499", StringComparison.Ordinal) || line.Contains($"{path} 400", StringComparison.Ordinal)));
        await Still(app, log);
    }

    [Theory]
    [MemberData(nameof(Limited))]
    public async Task A_body_in_chunks_past_its_limit_is_413_wherever_it_stops_being_readable(string method, string path, int size)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log);
        foreach (var start in new[] { "", "{", "\"", "{\"name\":\"" })
        {
            using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n{Type(path)}Transfer-Encoding: chunked\r\nIdempotency-Key: k\r\n\r\n");
            var text = start + new string('x', size - start.Length);
            foreach (var part in text.Chunk(5_000))
            {
                await client.SendAsync($"{part.Length:x}\r\n{new string(part)}\r\n");
            }

            await client.SendAsync("0\r\n\r\n");
            // Who sees within the limit that it is no JSON may say so.
            var answer = await client.ReadAsync();
            Assert.True(answer.Status is 413 or 400, answer.Body);
            answer.IsError(answer.Status);
        }

        await Still(app, log);
    }

    [Theory]
    [InlineData("/quick")]
    [InlineData("/slow")]
    [InlineData("/endless")]
    public async Task A_client_that_leaves_a_response_is_no_error_of_the_server(string path)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log);
        for (var i = 0; i < 20; i++)
        {
            using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            await log.UntilAsync(lines => lines.Of("Arrived").Length > i);
            client.Reset();
        }

        await log.UntilAsync(lines => lines.Of("Carafe.Access").Length == 20);
        await Still(app, log);
    }

    [Theory]
    [MemberData(nameof(Late))]
    public async Task A_response_that_is_decided_after_the_client_has_left_is_no_error_of_the_server(string method, string path)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log);
        using (var client = await RawConnection.OpenAsync(app.Client.BaseAddress!))
        {
            var body = method == "POST" ? $"{Type(path)}Content-Length: {Items.Line.Length}\r\n\r\n{Items.Line}" : "\r\n";
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n{body}");
            await log.UntilAsync(lines => lines.Of("Handled").Length > 0);
            client.Reset();
        }

        await log.UntilAsync(lines => lines.Of("Carafe.Access").Length == 1);
        await Still(app, log);
    }

    [Theory]
    [MemberData(nameof(Late))]
    public async Task A_stream_of_http_2_that_is_reset_before_its_response_is_no_error_of_the_server(string method, string path)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log, HttpProtocols.Http2);
        app.Client.DefaultRequestVersion = HttpVersion.Version20;
        app.Client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using (var leaving = new CancellationTokenSource())
        {
            var response = method == "POST"
                ? app.Client.PostAsync(path, new StringContent(Items.Line, Encoding.UTF8, "application/json"), leaving.Token)
                : app.Client.GetAsync(path, leaving.Token);
            await log.UntilAsync(lines => lines.Of("Handled").Length > 0);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
        }

        await log.UntilAsync(lines => lines.Of("Carafe.Access").Length == 1);
        // What the server says of a request, it says before it has answered another.
        await app.Client.GetAsync("/quick", TestContext.Current.CancellationToken);
        Assert.Empty(log.From(LogLevel.Warning));
    }

    private static string Type(string path) => path == "/form" ? "Content-Type: application/x-www-form-urlencoded\r\n" : "Content-Type: application/json\r\n";

    private static async Task Still(TestApp app, LogLines log)
    {
        Assert.Equal(200, (await app.SendAsync("POST", "/json", Items.Line)).Status);
        Assert.Empty(log.From(LogLevel.Warning));
    }

    private static Task<TestApp> StartAsync(LogLines log, HttpProtocols protocols = HttpProtocols.Http1) => SmallApp.StartAsync(
        Map,
        builder =>
        {
            builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Information);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
        },
        listen: true);

    private static void Map(WebApplication app)
    {
        app.Use(next => context =>
        {
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Arrived").LogInformation("{Path}", context.Request.Path);
            return next(context);
        });
        var small = app.MapGroup("").WithBodyLimit(8 * 1024);
        small.MapPost("/json", (OrderLine line) => TypedResults.Ok(line));
        small.MapPatch("/patch", async (MergePatch<OrderLine> patch) => TypedResults.Ok(await patch.ApplyToAsync(new OrderLine("Tea", 1))));
        small.MapPost("/once", (OrderLine line) => TypedResults.Ok(line)).WithIdempotency();
        small.MapPut("/stream", StreamAsync).Accepts<Stream>("*/*");
        small.MapPost("/pipe", async (HttpContext context) => await context.Request.BodyReader.CopyToAsync(Stream.Null, context.RequestAborted));
        small.MapPost("/form", async (HttpContext context) => (await context.Request.ReadFormAsync(context.RequestAborted)).Count);
        app.MapGet("/quick", () => TypedResults.Ok(new OrderLine("Tea", 1)));
        app.MapGet("/slow", async (CancellationToken cancellationToken) =>
        {
            await Task.Delay(50, cancellationToken);
            return TypedResults.Ok(new OrderLine("Tea", 1));
        });
        app.MapGet("/endless", EndlessAsync);
        foreach (var (name, end) in Ends)
        {
            app.MapGet("/late/" + name, (HttpContext context, CancellationToken _) => LateAsync(context, end));
            app.MapPost("/late/" + name, (OrderLine line, HttpContext context) => LateAsync(context, end));
        }
    }

    private static async Task<NoContent> StreamAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        await request.Body.CopyToAsync(Stream.Null, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task EndlessAsync(HttpContext context)
    {
        var bytes = new byte[16 * 1024];
        while (true)
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private static async Task<Results<Ok<OrderLine>, NotFound>> LateAsync(HttpContext context, Func<Results<Ok<OrderLine>, NotFound>> end)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Handled").LogInformation("{Path}", context.Request.Path);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return end();
    }
}
