using System.Text.Json;
using System.Text.RegularExpressions;
using Carafe.Tasks.Running;
using Carafe.Tasks.Storage;
using Carafe.Tasks.Telemetry;

namespace Carafe.Tasks.Tests;

/// <summary>What the page of tasks is made of. Chromium walks it in .ci/contract.</summary>
public sealed class PageTests
{
    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Fact]
    public async Task The_page_is_for_everybody_and_holds_nothing_of_the_tasks()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("secret-name"), new TaskOptions { Queue = "default" });

        using var response = await app.Client.GetAsync("/admin/tasks/");
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal((200, "text/html; charset=utf-8"), ((int)response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.DoesNotContain("secret-name", page, StringComparison.Ordinal);
        Assert.DoesNotContain("send_letter", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.Contains("&quot;api&quot;:&quot;/admin/tasks/api&quot;", page, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        await app.Client.GetAsync("/admin/tasks/api").ExpectError(401);
        await app.Client.GetAsync("/admin/tasks/api/history").ExpectError(401);
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere_and_runs_its_own_script_alone()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var (page, policy) = await GetAsync(app);
        var (_, again) = await GetAsync(app);

        var nonce = Regex.Match(policy, "script-src 'nonce-([^']+)'").Groups[1].Value;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.NotEqual(policy, again);
        Assert.All(Regex.Matches(page, "<(script|style)[^>]*>").ToList(),
            element => Assert.Contains($"nonce=\"{nonce}\"", element.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
        Assert.DoesNotMatch(@"innerHTML|insertAdjacentHTML|outerHTML|\son\w+=|\sstyle=", page);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_last_hour_counts_what_all_processes_ran(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        await using var beside = await Mailroom.BesideAsync(app);
        using var admin = app.CreateClient();
        admin.DefaultRequestHeaders.Add("X-User", "9 admin");
        var tasks = app.Services.GetRequiredService<TaskClient>();
        await tasks.EnqueueAsync(new Fail(5), new TaskOptions { Retries = 0 });
        await tasks.EnqueueAsync(new Fail(5), new TaskOptions { Retries = 1, Backoff = TimeSpan.FromHours(1) });
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        await RunAsync(app.Services);
        await tasks.EnqueueAsync(new SendLetter("ada"));
        await RunAsync(beside.Services);
        // Stored again, and not twice.
        await tasks.EnqueueAsync(new SendLetter("bob"));
        await RunAsync(beside.Services);

        var minutes = (await admin.GetAsync("/admin/tasks/api/history").Expect(200)).GetProperty("minutes").EnumerateArray().ToList();
        Assert.Equal(60, minutes.Count);
        var ran = minutes.FindAll(minute => minute.GetProperty("succeeded").GetInt64() + minute.GetProperty("failed").GetInt64() > 0);
        Assert.Equal((2, 1, 1), (Sum("succeeded"), Sum("retried"), Sum("failed")));
        Assert.InRange(ran.Max(minute => minute.GetProperty("wait_p95_seconds").GetDouble()), 2, 3);
        Assert.Equal(JsonValueKind.Null, minutes[0].GetProperty("run_p95_seconds").ValueKind);

        app.Clock.Advance(TimeSpan.FromMinutes(62));
        await app.Services.GetRequiredService<MinuteStore>().PruneAsync(CancellationToken.None);
        Assert.Empty(await app.Services.GetRequiredService<MinuteStore>().ReadAsync(0, CancellationToken.None));

        int Sum(string name) => ran.Sum(minute => minute.GetProperty(name).GetInt32());
    }

    [Fact]
    public void Durations_of_many_processes_add_up()
    {
        var (one, other) = (new DurationHistogram(), new DurationHistogram());
        Enumerable.Range(0, 90).ToList().ForEach(_ => one.Add(100));
        Enumerable.Range(0, 10).ToList().ForEach(_ => other.Add(60_000));
        other.Add(one.ToString());
        other.Add(TimeSpan.FromDays(9).TotalMilliseconds);

        Assert.InRange(other.Percentile(0.5)!.Value, 0.1, 0.142);
        Assert.InRange(other.Percentile(0.95)!.Value, 60, 85);
        Assert.Null(new DurationHistogram().Percentile(0.5));
    }

    private static async Task RunAsync(IServiceProvider services)
    {
        await services.GetRequiredService<TaskDrain>().RunAsync(CancellationToken.None);
        await services.GetRequiredService<TaskTally>().FlushAsync(CancellationToken.None);
    }

    private static async Task<(string Page, string Policy)> GetAsync(TestApp app)
    {
        using var response = await app.Client.GetAsync("/admin/tasks");
        return (await response.Content.ReadAsStringAsync(), response.Headers.GetValues("Content-Security-Policy").Single());
    }
}
