using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Carafe.Tasks.Webhooks;

namespace Carafe.Tasks.Tests;

/// <summary>What a webhook brings along, where it never goes, and what becomes of it.</summary>
public sealed class WebhookSendingTests
{
    [Fact]
    public async Task Each_attempt_has_the_same_id_a_time_of_its_own_and_a_signature_by_each_secret()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var app = await StartAsync("127.0.0.1");
        string[] secrets = [WebhookSignature.CreateSecret(), WebhookSignature.CreateSecret()];
        Register(app, new WebhookEndpoint(receiver.Url, secrets));
        var status = 500;
        receiver.Answer = context => Task.FromResult(context.Response.StatusCode = Interlocked.Exchange(ref status, 204));

        var id = await EnqueueAsync(app);
        Assert.Equal(TaskState.Scheduled, Assert.Single(await app.Tasks.AttemptAsync()).State);
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TaskState.Succeeded, Assert.Single(await app.Tasks.AttemptAsync()).State);

        var (first, second) = (receiver.Received.First(), receiver.Received.Last());
        Assert.Equal(2, receiver.Received.Count);
        Assert.Equal("/hooks?for=shop", first.Path);
        Assert.Equal("application/json", first.Headers["content-type"]);
        Assert.Equal(first.Body, second.Body);
        Assert.All(receiver.Received, message => Assert.Equal($"msg_{id:N}", message.Headers["webhook-id"]));
        Assert.Equal(3600, Time(second) - Time(first));
        foreach (var (message, secret) in receiver.Received.SelectMany(_ => secrets, (message, secret) => (message, secret)))
        {
            Assert.True(WebhookSignature.Verify(secret, message.Headers["webhook-id"], DateTimeOffset.FromUnixTimeSeconds(Time(message)), message.Body,
                message.Headers["webhook-signature"]));
        }

        var json = JsonDocument.Parse(first.Body).RootElement;
        Assert.Equal("order.paid", json.GetProperty("type").GetString());
        Assert.Equal(7, json.GetProperty("data").GetProperty("order_id").GetInt32());
        Assert.DoesNotContain("whsec_", string.Join('\n', (await app.Tasks.ListAsync()).Select(task => $"{task.Arguments} {task.Error}")),
            StringComparison.Ordinal);

        static long Time((string, Dictionary<string, string> Headers, byte[]) message) =>
            long.Parse(message.Headers["webhook-timestamp"], CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}/")]
    [InlineData("http://localhost:{port}/")]
    [InlineData("http://2130706433:{port}/")]
    [InlineData("http://[::1]:{port}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/")]
    [InlineData("http://0.0.0.0:{port}/")]
    [InlineData("http://[::]:{port}/")]
    [InlineData("https://127.0.0.1:{port}/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://[fd00:ec2::254]/")]
    public async Task What_is_not_public_is_refused_by_the_address_that_is_connected_to(string url)
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var app = await StartAsync("");
        var address = new Uri(url.Replace("{port}", $"{receiver.Url.Port}", StringComparison.Ordinal));
        Register(app, new WebhookEndpoint(address, [WebhookSignature.CreateSecret()]));

        await EnqueueAsync(app);
        var task = Assert.Single(await app.Tasks.AttemptAsync());

        Assert.Equal(TaskState.Failed, task.State);
        Assert.Contains("no public address, and none in WEBHOOK_ALLOWED_NETWORKS", task.Error, StringComparison.Ordinal);
        Assert.Empty(receiver.Received);
    }

    [Theory]
    [InlineData("http://8.8.8.8/", "need https")]
    [InlineData("ftp://example.com/", "must be an https URL")]
    [InlineData("https://user:password@example.com/", "must be an https URL")]
    public async Task Without_TLS_or_with_a_password_in_the_address_nothing_is_sent(string url, string error)
    {
        await using var app = await StartAsync("");
        Register(app, new WebhookEndpoint(new Uri(url), [WebhookSignature.CreateSecret()]));

        await EnqueueAsync(app);

        Assert.Contains(error, Assert.Single(await app.Tasks.AttemptAsync()).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("100.100.100.200", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::", false)]
    [InlineData("2002:7f00:1::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    public void Public_are_addresses_of_the_internet_alone(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddresses.Contains(IPAddress.Parse(address)));

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var app = await StartAsync("127.0.0.0/8");
        Register(app, new WebhookEndpoint(receiver.Url, [WebhookSignature.CreateSecret()]));
        receiver.Answer = context =>
        {
            context.Response.Redirect("/elsewhere", permanent: true, preserveMethod: true);
            return Task.CompletedTask;
        };

        await EnqueueAsync(app);
        var task = Assert.Single(await app.Tasks.AttemptAsync());

        Assert.Equal(TaskState.Scheduled, task.State);
        Assert.Contains("responded with 308", task.Error, StringComparison.Ordinal);
        Assert.Single(receiver.Received);
    }

    [Fact]
    public async Task After_410_the_endpoint_is_disabled_and_gets_nothing_more()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var app = await StartAsync("127.0.0.1");
        Register(app, new WebhookEndpoint(receiver.Url, [WebhookSignature.CreateSecret()]));
        receiver.Answer = context => Task.FromResult(context.Response.StatusCode = 410);

        await EnqueueAsync(app);
        Assert.Equal(TaskState.Failed, Assert.Single(await app.Tasks.AttemptAsync()).State);
        await EnqueueAsync(app);
        var second = Assert.Single(await app.Tasks.AttemptAsync());

        Assert.Contains("or it is disabled", second.Error, StringComparison.Ordinal);
        Assert.Single(receiver.Received);
    }

    [Fact]
    public async Task The_receiver_says_when_to_come_again()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var app = await StartAsync("127.0.0.1");
        Register(app, new WebhookEndpoint(receiver.Url, [WebhookSignature.CreateSecret()]));
        receiver.Answer = context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "7200");
            return Task.CompletedTask;
        };

        await EnqueueAsync(app);
        var task = Assert.Single(await app.Tasks.AttemptAsync());

        Assert.Equal(app.Clock.GetUtcNow() + TimeSpan.FromHours(2), task.DueAt!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_receiver_that_is_silent_or_never_ends_holds_no_worker()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var app = await StartAsync("127.0.0.1", "300ms");
        Register(app, new WebhookEndpoint(receiver.Url, [WebhookSignature.CreateSecret()]));
        receiver.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        await EnqueueAsync(app);
        Assert.Contains("did not respond within 0.3 s", Assert.Single(await app.Tasks.AttemptAsync()).Error, StringComparison.Ordinal);

        await using var patient = await StartAsync("127.0.0.1", "5m");
        Register(patient, new WebhookEndpoint(receiver.Url, [WebhookSignature.CreateSecret()]));
        receiver.Answer = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[64 * 1024], context.RequestAborted);
            }
        };
        await EnqueueAsync(patient);
        Assert.Equal(TaskState.Succeeded, Assert.Single(await patient.Tasks.AttemptAsync()).State);
    }

    [Fact]
    public async Task A_network_that_is_none_stops_the_start()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync("10.0.0.0/8,home"));

        Assert.Contains("WEBHOOK_ALLOWED_NETWORKS: 'home' is no network", error.ToString(), StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(string allowed, string timeout = "1m") => Mailroom.StartAsync(Mailroom.Sqlite, builder =>
    {
        builder.Configuration["WEBHOOK_ALLOWED_NETWORKS"] = allowed;
        builder.Configuration["WEBHOOK_TIMEOUT"] = timeout;
        builder.Services.AddSingleton<Subscribers>();
        builder.Services.AddWebhooks<Subscribers>();
    });

    private static void Register(TestApp app, WebhookEndpoint endpoint) => app.Services.GetRequiredService<Subscribers>().All["shop"] = endpoint;

    private static Task<Guid> EnqueueAsync(TestApp app) => app.WithAsync<MailroomDb, Guid>(async db =>
    {
        var id = app.Services.GetRequiredService<WebhookClient>().Enqueue(db, "shop", "order.paid", new { OrderId = 7 });
        await db.SaveChangesAsync();
        return id;
    });

    private sealed class Subscribers : IWebhookEndpoints
    {
        public ConcurrentDictionary<string, WebhookEndpoint> All { get; } = new();

        public Task<WebhookEndpoint?> FindAsync(string id, CancellationToken cancellationToken) => Task.FromResult(All.GetValueOrDefault(id));

        public Task DisableAsync(string id, CancellationToken cancellationToken) => Task.FromResult(All.TryRemove(id, out _));
    }
}
