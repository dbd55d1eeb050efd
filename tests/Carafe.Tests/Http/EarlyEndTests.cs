using Carafe.Tests.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
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

    private static string Type(string path) => path == "/form" ? "Content-Type: application/x-www-form-urlencoded\r\n" : "Content-Type: application/json\r\n";

    private static async Task Still(TestApp app, LogLines log)
    {
        Assert.Equal(200, (await app.SendAsync("POST", "/json", Items.Line)).Status);
        Assert.Empty(log.From(LogLevel.Warning));
    }

    private static Task<TestApp> StartAsync(LogLines log) =>
        SmallApp.StartAsync(Map, builder => builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Information), listen: true);

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
}
