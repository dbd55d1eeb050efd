using System.Security.Cryptography;
using System.Text;
using Carafe.Data;
using Carafe.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Carafe.Tests.Http;

public sealed partial class IdempotencyTests
{
    private const string Tea = """{"product_title":"Tea","count":1}""";

    public static TheoryData<string> Stores => ["memory", TestDatabase.Sqlite, TestDatabase.Postgres];

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
        Assert.All(answers,
            answer => Assert.True(answer.Status == 201 ? answer.Headers["Location"] == "/things/1" : answer.IsError(409).Headers["Retry-After"] == "1"));
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
    public async Task A_client_that_lost_its_connection_is_given_the_first_response(string store)
    {
        await using var app = await StartAsync(store, listen: true);
        var gate = app.Services.GetRequiredService<Gate>();
        using (var leaving = new CancellationTokenSource())
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/slow") { Content = new StringContent(Tea, Encoding.UTF8, "application/json") };
            request.Headers.Add("Idempotency-Key", "k");
            var first = app.Client.SendAsync(request, leaving.Token);
            await gate.Entered.Task;
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        await gate.Left.Task.WaitAsync(TimeSpan.FromSeconds(60));
        (await app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"))).IsError(409);
        gate.Open.SetResult();
        var patience = System.Diagnostics.Stopwatch.StartNew();
        var second = await app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"));
        for (; second.Status == 409; second = await app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k")))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60));
        }

        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.False(gate.Twice.Task.IsCompleted);
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
        await using var app = await StartAsync("memory", listen: true);
        var large = Tea[..^1] + new string(' ', 200_000) + "}";
        Assert.Equal(201, (await PostAsync(app, "k", large)).Status);
        Assert.Equal("true", (await PostAsync(app, "k", large)).Headers["Idempotency-Replayed"]);
        Assert.Equal(200, (await app.SendAsync("POST", "/strict", Tea, headers: ("Idempotency-Key", "k"))).Status);
        (await PostAsync(app, "bad", large.Replace("1", "\"x\"", StringComparison.Ordinal))).IsError(400);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_key_is_forgotten_after_a_day_and_not_before(string store)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(store, clock: clock);
        await PostAsync(app, "k");
        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal("true", (await PostAsync(app, "k")).Headers["Idempotency-Replayed"]);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("/things/2", (await PostAsync(app, "k")).Headers["Location"]);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_claim_that_nobody_completes_ends_and_its_late_response_is_not_kept(string store)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(store, clock: clock);
        var first = app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"));
        await app.Services.GetRequiredService<Gate>().Entered.Task;
        clock.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromSeconds(1));
        (await app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"))).IsError(409);
        clock.Advance(TimeSpan.FromSeconds(1));
        var second = app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"));
        await app.Services.GetRequiredService<Gate>().Twice.Task;
        app.Services.GetRequiredService<Gate>().Open.SetResult();
        Assert.Equal((200, 200), ((await first).Status, (await second).Status));
        Assert.Equal("true", (await app.SendAsync("POST", "/slow", Tea, headers: ("Idempotency-Key", "k"))).Headers["Idempotency-Replayed"]);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task What_is_past_its_time_is_deleted_though_nobody_asks_and_holds_no_body(string store)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(store, clock: clock);
        await PostAsync(app, "k");
        var row = Assert.Single(await RowsAsync());
        Assert.DoesNotContain(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("\n" + Tea))), row, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromHours(24));
        for (var turns = 0; (await RowsAsync()).Count > 0; turns++)
        {
            Assert.InRange(turns, 0, 500);
            clock.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        async Task<List<string>> RowsAsync()
        {
            await using var scope = app.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<Keys>().Set<IdempotencyKey>().Select(key => key.Fingerprint)
                .ToListAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_route_is_one_address_in_any_case_and_a_parameter_is_not(string store)
    {
        await using var app = await StartAsync(store);
        Assert.Equal("Abc", (await app.SendAsync("POST", "/case/Abc", Tea, headers: ("Idempotency-Key", "k"))).Json.GetString());
        Assert.Equal("abc", (await app.SendAsync("POST", "/case/abc", Tea, headers: ("Idempotency-Key", "k"))).Json.GetString());
        Assert.Equal("true", (await app.SendAsync("POST", "/CASE/abc/", Tea, headers: ("Idempotency-Key", "k"))).Headers["Idempotency-Replayed"]);
    }

    [Fact]
    public async Task Strangers_cannot_use_keys_unless_the_endpoint_says_so()
    {
        await using var app = await StartAsync("memory");
        (await app.SendAsync("POST", "/signed-in", Tea, headers: ("Idempotency-Key", "k"))).IsError(400);
        Assert.Equal(200, (await app.SendAsync("POST", "/signed-in", Tea)).Status);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_was_kept_for_a_caller_can_be_forgotten_and_nobody_elses(string store)
    {
        await using var app = await StartAsync(store);
        foreach (var user in new[] { "1", "2" })
        {
            await app.SendAsync("POST", "/things", Tea, headers: [("Idempotency-Key", "k"), ("X-User", user)]);
        }

        await app.Services.GetRequiredService<IdempotencyKeys>().ForgetAsync("1");
        Assert.DoesNotContain("Idempotency-Replayed",
            (await app.SendAsync("POST", "/things", Tea, headers: [("Idempotency-Key", "k"), ("X-User", "1")])).Headers.Keys);
        Assert.Contains("Idempotency-Replayed",
            (await app.SendAsync("POST", "/things", Tea, headers: [("Idempotency-Key", "k"), ("X-User", "2")])).Headers.Keys);
    }
}
