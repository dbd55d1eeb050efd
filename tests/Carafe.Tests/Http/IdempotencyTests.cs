using System.Text;
using Carafe.Data;
using Carafe.Tests.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Http;

public sealed class IdempotencyTests
{
    private const string Tea = """{"product_title":"Tea","count":1}""";

    public static TheoryData<string> Stores => ["memory", ShopServer.Sqlite, ShopServer.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_repeated_request_gets_the_first_answer_and_runs_once(string store)
    {
        await using var app = await StartAsync(store);
        var first = await PostAsync(app, "k1");
        var again = await PostAsync(app, "\"k1\"");
        Assert.Equal((201, first.Body, "/things/1", first.Headers["ETag"]), (again.Status, again.Body, again.Headers["Location"], again.Headers["ETag"]));
        Assert.Equal(first.Headers["Content-Type"], again.Headers["Content-Type"]);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal("/things/2", (await PostAsync(app, "k2")).Headers["Location"]);
        Assert.Equal("/things/3", (await PostAsync(app, null)).Headers["Location"]);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Another_payload_is_422(string store)
    {
        await using var app = await StartAsync(store);
        await PostAsync(app, "k");
        (await PostAsync(app, "k", Tea.Replace("Tea", "Rum", StringComparison.Ordinal))).IsError(422);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Of_many_at_once_one_runs_and_the_rest_wait_or_repeat_it(string store)
    {
        await using var app = await StartAsync(store);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(app, "k")));
        Assert.All(answers, answer => Assert.True(answer.Status == 201 ? answer.Headers["Location"] == "/things/1" : answer.IsError(409).Headers["Retry-After"] == "1"));
        Assert.Contains(answers, answer => answer.Status == 201);
        Assert.Equal("/things/2", (await PostAsync(app, "other")).Headers["Location"]);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task While_the_first_is_under_way_the_second_is_409(string store)
    {
        await using var app = await StartAsync(store);
        var first = app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"));
        await app.Services.GetRequiredService<Gate>().Entered.Task;
        (await app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"))).IsError(409);
        app.Services.GetRequiredService<Gate>().Open.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"))).Status);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_request_that_failed_may_be_tried_again(string store)
    {
        await using var app = await StartAsync(store);
        foreach (var (path, status) in new[] { ("/fails", 409), ("/crashes", 500), ("/refuses", 404) })
        {
            (await app.SendAsync("POST", path, Tea, headers: ("Idempotency-Key", "k"))).IsError(status);
            (await app.SendAsync("POST", path, Tea.Replace("1", "2", StringComparison.Ordinal), headers: ("Idempotency-Key", "k"))).IsError(status);
        }

        (await PostAsync(app, "k", "{")).IsError(400);
        Assert.Equal(201, (await PostAsync(app, "k")).Status);
    }

    [Fact]
    public async Task A_key_is_one_visible_word()
    {
        await using var app = await StartAsync("memory");
        Assert.Equal(["Idempotency-Key is required"], (await app.SendAsync("POST", "/strict", Tea)).IsError(400).Faults);
        foreach (var key in new[] { new string('k', 256), "a b", "\"\"" })
        {
            (await PostAsync(app, key)).IsError(400);
        }
    }

    [Fact]
    public async Task Each_address_has_keys_of_its_own_and_a_body_may_be_large()
    {
        await using var app = await StartAsync("memory", kestrel: true);
        var large = Tea[..^1] + new string(' ', 200_000) + "}";
        Assert.Equal(201, (await PostAsync(app, "k", large)).Status);
        Assert.Equal("true", (await PostAsync(app, "k", large)).Headers["Idempotency-Replayed"]);
        Assert.Equal(200, (await app.SendAsync("POST", "/strict", Tea, headers: ("Idempotency-Key", "k"))).Status);
        (await PostAsync(app, "bad", large.Replace("1", "\"x\"", StringComparison.Ordinal))).IsError(400);
    }

    private static Task<Answer> PostAsync(HttpApp app, string? key, string body = Tea) =>
        app.SendAsync("POST", "/things", Encoding.UTF8.GetBytes(body), headers: key is null ? [] : [("Idempotency-Key", key)]);

    private static async Task<HttpApp> StartAsync(string store, bool kestrel = false)
    {
        var database = store == "memory" ? null : await TestDatabase.CreateAsync(store);
        return await HttpApp.StartAsync(
            Map,
            builder =>
            {
                builder.Services.AddSingleton<Gate>();
                if (database is not null)
                {
                    builder.Configuration["DATABASE_URL"] = database.Url;
                    builder.Services.AddDatabase<Keys>();
                    builder.Services.AddIdempotency<Keys>();
                }
            },
            kestrel: kestrel);
    }

    private static void Map(WebApplication app)
    {
        var count = 0;
        app.MapPost("/things", (Errors.OrderLine line) => TypedResults.Created($"/things/{Interlocked.Increment(ref count)}", new Thing(line.ProductTitle) { Version = 1 })).WithETag().WithIdempotency();
        app.MapPost("/slow", SlowAsync).WithIdempotency();
        app.MapPost("/strict", (Errors.OrderLine line) => TypedResults.Ok(line)).WithIdempotency(required: true);
        app.MapPost("/fails", Conflict<string> (Errors.OrderLine _) => TypedResults.Conflict("no")).WithIdempotency();
        app.MapPost("/crashes", Ok (Errors.OrderLine _) => throw new InvalidOperationException()).WithIdempotency();
        app.MapPost("/refuses", Ok (Errors.OrderLine _) => throw Abort.NotFound("no")).WithIdempotency();
    }

    private static async Task<Ok> SlowAsync(Errors.OrderLine line, Gate gate)
    {
        gate.Entered.TrySetResult();
        await gate.Open.Task;
        return line.Count > 0 ? TypedResults.Ok() : throw new InvalidOperationException();
    }

    public record Thing(string Title) : IETagged
    {
        public int Version { get; init; }
    }

    private sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new();

        public TaskCompletionSource Open { get; } = new();
    }

    private sealed class Keys(DbContextOptions<Keys> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureIdempotency();
    }
}
