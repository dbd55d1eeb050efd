using System.Text.Json;
using Carafe.Data;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Tasks.Tests;

public sealed class OperatorTests
{
    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_commands_show_and_steer(string database)
    {
        await using var app = await Mailroom.StartAsync(database, Schedule);
        var id = await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new Fail(1), new TaskOptions { Retries = 0 });
        var waiting = await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("ada"));
        await app.Tasks.AttemptAsync();
        var cancelled = await app.Services.GetRequiredService<TaskClient>()
            .EnqueueAsync(new SendLetter("bob"), new TaskOptions { Delay = TimeSpan.FromHours(1) });

        Assert.Contains($"{id}  failed       1/1    default       fail", await RunAsync(app, "tasks", "list", "--state", "failed"), StringComparison.Ordinal);
        Assert.DoesNotContain($"{waiting}", await RunAsync(app, "tasks", "list", "--task", "fail"), StringComparison.Ordinal);
        var shown = JsonDocument.Parse(await RunAsync(app, "tasks", "show", $"{id}")).RootElement;
        Assert.Equal(1, shown.GetProperty("arguments").GetProperty("times").GetInt32());
        Assert.Contains("Broken", shown.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("0 waiting (oldest 0 s), 1 scheduled, 0 blocked, 0 running, 1 failed", await RunAsync(app, "tasks", "queues"),
            StringComparison.Ordinal);
        Assert.Contains("1 task will run again", await RunAsync(app, "tasks", "retry", "--failed"), StringComparison.Ordinal);
        Assert.Contains("is cancelled", await RunAsync(app, "tasks", "cancel", $"{cancelled}"), StringComparison.Ordinal);
        Assert.Contains("There is no task", await RunAsync(app, 1, "tasks", "cancel", $"{cancelled}"), StringComparison.Ordinal);
        Assert.Contains("There is no task", await RunAsync(app, 1, "tasks", "show", $"{Guid.NewGuid()}"), StringComparison.Ordinal);
        Assert.Contains("Deleted 1 task.", await RunAsync(app, "tasks", "purge", "succeeded"), StringComparison.Ordinal);
        Assert.Contains("0 3 * * * UTC", await RunAsync(app, "tasks", "schedules"), StringComparison.Ordinal);
        Assert.Contains("Enqueued", await RunAsync(app, "tasks", "schedules", "--run", "nightly"), StringComparison.Ordinal);
        Assert.Equal(2, (await app.Tasks.ListAsync()).Count(task => task.State == TaskState.Waiting));
    }

    [Fact]
    public async Task A_worker_refuses_a_queue_that_nothing_is_enqueued_into()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);

        Assert.Contains("'mial'", await RunAsync(app, 2, "worker", "--queues", "mial"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_caller_sees_its_own_task_alone(string database)
    {
        await using var app = await Mailroom.StartAsync(database, Schedule);
        using var ada = As(app, "1");
        using var bob = As(app, "2");

        using var accepted = await ada.PostAsJsonAsync("/sums", new { });
        var status = accepted.Headers.Location!.ToString();
        Assert.Equal((202, "1", "respond-async"), ((int)accepted.StatusCode, accepted.Headers.RetryAfter!.ToString(),
            string.Join(',', accepted.Headers.GetValues("Preference-Applied"))));
        using var pending = await ada.GetAsync(status);
        Assert.Equal("waiting", (await JsonAsync(pending)).GetProperty("state").GetString());
        Assert.Equal("1", pending.Headers.RetryAfter!.ToString());
        await bob.GetAsync(status).ExpectError(404);
        await bob.DeleteAsync(status).ExpectError(404);
        await app.Client.GetAsync(status).ExpectError(404);

        await app.Tasks.RunAsync();
        using var done = await ada.GetAsync(status);
        Assert.Equal(3, (await JsonAsync(done)).GetProperty("result").GetInt32());
        Assert.Null(done.Headers.RetryAfter);
        await ada.DeleteAsync(status).ExpectError(409);
    }

    [Fact]
    public async Task A_failed_task_tells_its_caller_nothing_of_the_inside()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        using var ada = As(app, "1");
        var id = await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new Fail(1), new TaskOptions { Retries = 0, Owner = "1" });
        await app.Tasks.AttemptAsync();

        var body = await ada.GetStringAsync($"/tasks/{id}");

        Assert.Contains("failed", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Broken", body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Admins_alone_see_and_steer_all_tasks_as_JSON(string database)
    {
        await using var app = await Mailroom.StartAsync(database, Schedule);
        using var admin = As(app, "9", "admin");
        using var ada = As(app, "1");
        var id = await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new Fail(1), new TaskOptions { Retries = 0 });
        await app.Tasks.AttemptAsync();

        foreach (var path in new[] { "/admin/tasks/api/", $"/admin/tasks/api/{id}", "/admin/tasks/api/queues", "/admin/tasks/api/schedules" })
        {
            await ada.GetAsync(path).ExpectError(403);
            await admin.GetAsync(path).Expect(200);
        }

        await ada.PostAsync($"/admin/tasks/api/{id}/retry", null).ExpectError(403);
        await ada.DeleteAsync("/admin/tasks/api?state=failed").ExpectError(403);
        var listed = await admin.GetAsync("/admin/tasks/api?state=failed").Expect(200);
        Assert.Contains("Broken", listed.GetProperty("tasks")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        await admin.GetAsync("/admin/tasks/api?state=lost").ExpectError(400);
        await admin.PostAsync($"/admin/tasks/api/{id}/cancel", null).ExpectError(409);
        await admin.PostAsync($"/admin/tasks/api/{Guid.NewGuid()}/retry", null).ExpectError(404);
        await admin.PostAsync($"/admin/tasks/api/{id}/retry", null).Expect(204);
        await admin.PostAsync($"/admin/tasks/api/{id}/cancel", null).Expect(204);
        Assert.Equal(1, (await admin.DeleteAsync("/admin/tasks/api?state=cancelled").Expect(200)).GetProperty("deleted").GetInt32());
        await admin.DeleteAsync("/admin/tasks/api?state=running").ExpectError(400);
        await admin.PostAsync("/admin/tasks/api/schedules/nightly/run", null).Expect(200);
        await admin.PostAsync("/admin/tasks/api/schedules/no/run", null).ExpectError(404);
        Assert.Equal(1, (await admin.GetAsync("/admin/tasks/api/queues").Expect(200)).GetProperty("queues")[0].GetProperty("waiting").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_queue_that_does_not_move_is_seen(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("ada"));
        var health = app.Services.GetRequiredService<HealthCheckService>();

        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["tasks"].Status);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var stuck = (await health.CheckHealthAsync()).Entries["tasks"];
        Assert.Equal(HealthStatus.Degraded, stuck.Status);
        Assert.Contains("0.00:06:00", stuck.Description, StringComparison.Ordinal);
        await app.Tasks.RunAsync();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["tasks"].Status);
    }

    private static void Schedule(WebApplicationBuilder builder) =>
        builder.Services.AddSchedule("nightly", "0 3 * * *", () => new SendLetter("night"));

    private static HttpClient As(TestApp app, string id, string role = "user")
    {
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("X-User", $"{id} {role}");
        client.DefaultRequestHeaders.Add("Prefer", "respond-async, wait=10");
        return client;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;

    private static Task<string> RunAsync(TestApp app, params string[] args) => RunAsync(app, 0, args);

    private static async Task<string> RunAsync(TestApp app, int code, params string[] args)
    {
        var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
        await using var output = new StringWriter();
        var exit = await CarafeApp.RunAsync(["--environment", "Testing", .. args], (given, configure) => Mailroom.Create(given, builder =>
        {
            configure?.Invoke(builder);
            Schedule(builder);
            builder.Configuration["DATABASE_URL"] = url;
            builder.Services.AddSingleton<TimeProvider>(app.Clock);
        }), output, output);
        Assert.True(exit == code, output.ToString());
        return output.ToString();
    }
}
