using System.Globalization;
using System.Security.Claims;
using System.Text;

namespace Carafe.Tasks.Tests;

/// <summary>Which webhooks an endpoint takes, and how often.</summary>
public sealed class WebhookReceivingTests
{
    private const string Body = """{"type":"order.paid","order_id":7}""";

    private static readonly string Secret = WebhookSignature.CreateSecret();
    private static readonly string Former = WebhookSignature.CreateSecret();

    // The vector of the standard's own libraries.
    [Fact]
    public void A_signature_is_the_one_of_the_standard()
    {
        const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        var (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}"u8.ToArray());

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WebhookSignature.Sign(secret, id, at, body));
        Assert.True(WebhookSignature.Verify(secret, id, at, body, "v2,abc v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        Assert.False(WebhookSignature.Verify(secret, id, at, body, "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1, v1,? v1"));
        Assert.Throws<ArgumentException>(() => WebhookSignature.Sign("whsec_c2hvcnQ=", id, at, body));
    }

    [Fact]
    public async Task A_message_runs_once_however_often_it_comes()
    {
        await using var app = await StartAsync();
        var first = await SendAsync(app, "msg_1", Secret);
        app.Clock.Advance(TimeSpan.FromHours(3));
        using var again = await RequestAsync(app, "msg_1", Secret);
        var other = await SendAsync(app, "msg_2", Former);

        Assert.Equal((200, 200, 200), (first, (int)again.StatusCode, other));
        Assert.Equal("1", await again.Content.ReadAsStringAsync());
        Assert.Equal(2, app.Services.GetRequiredService<Runs>().Count);
    }

    [Fact]
    public async Task Of_many_copies_at_once_one_runs()
    {
        await using var app = await StartAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(app, "msg_1", Secret)));

        Assert.All(statuses, status => Assert.Contains(status, new[] { 200, 409 }));
        Assert.Equal(1, app.Services.GetRequiredService<Runs>().Count);
    }

    [Fact]
    public async Task A_message_that_failed_may_come_again()
    {
        await using var app = await StartAsync();
        var runs = app.Services.GetRequiredService<Runs>();
        runs.Fails = true;
        Assert.Equal(500, await SendAsync(app, "msg_1", Secret));
        runs.Fails = false;

        Assert.Equal(200, await SendAsync(app, "msg_1", Secret));
    }

    [Theory]
    [InlineData(-300, 200)]
    [InlineData(300, 200)]
    [InlineData(-301, 401)]
    [InlineData(301, 401)]
    public async Task Five_minutes_before_and_after_are_the_window(int seconds, int status)
    {
        await using var app = await StartAsync();

        Assert.Equal(status, await SendAsync(app, "msg_1", Secret, seconds: seconds));
    }

    [Theory]
    [InlineData("webhook-id", "msg_2")]
    [InlineData("webhook-id", null)]
    [InlineData("webhook-timestamp", null)]
    [InlineData("webhook-timestamp", "-1")]
    [InlineData("webhook-timestamp", "99999999999999999999")]
    [InlineData("webhook-signature", null)]
    [InlineData("webhook-signature", "v1,AAAA")]
    public async Task A_header_that_is_not_what_was_signed_is_refused_before_anything_runs(string header, string? value)
    {
        await using var app = await StartAsync();

        using var response = await RequestAsync(app, "msg_1", Secret, change: request =>
        {
            request.Headers.Remove(header);
            if (value is not null)
            {
                request.Headers.Add(header, value);
            }
        });

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains(header == "webhook-id" && value is not null ? "webhook-signature" : header, await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
        Assert.Equal(0, app.Services.GetRequiredService<Runs>().Count);
    }

    [Fact]
    public async Task Another_body_or_another_secret_is_refused_and_what_is_signed_is_checked_as_any_other_body()
    {
        await using var app = await StartAsync();

        Assert.Equal(401, await SendAsync(app, "msg_1", WebhookSignature.CreateSecret()));
        Assert.Equal(401, await SendAsync(app, "msg_1", Secret, sent: Body.Replace('7', '8')));
        Assert.Equal(401, await SendAsync(app, "msg_1", Secret, sent: "{"));
        Assert.Equal(400, await SendAsync(app, "msg_1", Secret, signed: "{", sent: "{"));
        Assert.Equal(200, await SendAsync(app, "msg_1", Secret));
    }

    [Fact]
    public async Task A_message_is_one_however_its_path_is_written_and_whoever_sends_it_again()
    {
        await using var app = await StartAsync();
        await SendAsync(app, "msg_1", Secret);

        foreach (var (path, user) in new[] { ("/HOOKS", ""), ("/hooks/", ""), ("/hooks", "7") })
        {
            using var again = await RequestAsync(app, "msg_1", Secret, change: request =>
            {
                request.RequestUri = new Uri(path, UriKind.Relative);
                request.Headers.Add("X-User", user);
            });
            Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        }

        Assert.Equal(1, app.Services.GetRequiredService<Runs>().Count);
    }

    [Fact]
    public async Task Only_POST_is_taken_though_the_route_has_other_methods()
    {
        await using var app = await StartAsync();

        using var response = await RequestAsync(app, "msg_1", Secret, change: request => request.Method = HttpMethod.Put);

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Contains("POST", response.Content.Headers.Allow);
        Assert.DoesNotContain("PUT", response.Content.Headers.Allow);
        Assert.Equal(0, app.Services.GetRequiredService<Runs>().Count);
    }

    [Fact]
    public async Task An_id_with_a_dot_is_refused_and_a_body_above_the_endpoints_limit_too()
    {
        await using var app = await StartAsync();

        Assert.Equal(401, await SendAsync(app, "msg.1", Secret));
        Assert.Equal(413, await SendAsync(app, "msg_1", Secret, signed: Body + new string(' ', 1024)));
    }

    [Fact]
    public async Task Without_a_secret_nothing_is_let_through()
    {
        await using var app = await TestApp.StartAsync((args, configure) => Create(args, configure, []));

        Assert.Equal(500, await SendAsync(app, "msg_1", Secret));
        Assert.Equal(0, app.Services.GetRequiredService<Runs>().Count);
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync((args, configure) => Create(args, configure, [Secret, Former]));

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure, string[] secrets)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddSingleton<Runs>();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.Use(next => context =>
        {
            context.User = context.Request.Headers["X-User"] is [{ Length: > 0 } user] ? new(new ClaimsIdentity([new("sub", user)], "test")) : context.User;
            return next(context);
        });
        app.MapMethods("/hooks", ["POST", "PUT"], (OrderPaid order, Runs runs) => runs.Run(order)).WithBodyLimit(1024)
            .RequireWebhookSignature(_ => secrets);
        return app;
    }

    private static async Task<int> SendAsync(TestApp app, string id, string secret, int seconds = 0, string signed = Body, string? sent = null)
    {
        using var response = await RequestAsync(app, id, secret, seconds, signed, sent);
        return (int)response.StatusCode;
    }

    private static Task<HttpResponseMessage> RequestAsync(TestApp app, string id, string secret, int seconds = 0, string signed = Body, string? sent = null,
        Action<HttpRequestMessage>? change = null)
    {
        var at = app.Clock.GetUtcNow().AddSeconds(seconds);
        var request = new HttpRequestMessage(HttpMethod.Post, "/hooks") { Content = new StringContent(sent ?? signed, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(secret, id, at, Encoding.UTF8.GetBytes(signed)));
        change?.Invoke(request);
        return app.Client.SendAsync(request);
    }

    public sealed record OrderPaid(string Type, int OrderId);

    internal sealed class Runs
    {
        private int _count;

        public int Count => _count;

        public bool Fails { get; set; }

        public IResult Run(OrderPaid order) =>
            Fails ? throw new InvalidOperationException($"No {order.OrderId}") : Results.Ok(Interlocked.Increment(ref _count));
    }
}
