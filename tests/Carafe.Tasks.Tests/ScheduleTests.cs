using System.Globalization;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Scheduling;

namespace Carafe.Tasks.Tests;

public sealed class ScheduleTests
{
    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_tick_is_taken_once_by_however_many_workers(string database)
    {
        void Add(WebApplicationBuilder builder) => builder.Services.AddSchedule("hourly", "0 * * * *", () => new SendLetter("hour"));
        await using var app = await Mailroom.StartAsync(database, Add);
        await using var one = await Mailroom.BesideAsync(app, Add);
        await using var other = await Mailroom.BesideAsync(app, Add);
        var clocks = new[] { app.Services, one.Services, other.Services }.Select(services => services.GetRequiredService<ScheduleClock>()).ToList();

        for (var hour = 0; hour < 5; hour++)
        {
            app.Clock.Advance(TimeSpan.FromHours(1));
            await Task.WhenAll(clocks.Select(clock => clock.TickAsync(default)));
            await Task.WhenAll(clocks.Select(clock => clock.TickAsync(default)));
        }

        Assert.Equal(5, (await app.Tasks.ListAsync()).Count);
    }

    [Theory]
    [InlineData(MissedTicks.Skip, 0)]
    [InlineData(MissedTicks.Once, 1)]
    [InlineData(MissedTicks.All, 3)]
    public async Task Missed_ticks_are_treated_as_the_schedule_says(MissedTicks missed, int expected)
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite,
            builder => builder.Services.AddSchedule("hourly", TimeSpan.FromHours(1), () => new SendLetter("hour"), new() { Missed = missed }));

        app.Clock.Advance(TimeSpan.FromHours(3.5));
        await app.Tasks.RunAsync();
        Assert.Equal(expected, app.Services.GetRequiredService<Desk>().Sent.Count);

        app.Clock.Advance(TimeSpan.FromHours(0.5));
        await app.Tasks.RunAsync();
        Assert.Equal(expected + 1, app.Services.GetRequiredService<Desk>().Sent.Count);
    }

    [Fact]
    public void Daylight_saving_skips_no_day_and_repeats_none()
    {
        // In Berlin clocks go from 2:00 to 3:00 on 29 March 2026, and from 3:00 back to 2:00 on 25 October.
        Assert.Equal(["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"], Ticks("30 2 * * *", "2026-03-27T12:00:00Z", 3));
        Assert.Equal(["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"], Ticks("30 2 * * *", "2026-10-23T12:00:00Z", 3));
    }

    [Fact]
    public async Task A_changed_schedule_is_planned_again()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite,
            builder => builder.Services.AddSchedule("s", "0 12 * * *", () => new SendLetter("old")));
        await using var newer = await Mailroom.BesideAsync(app, builder => builder.Services.AddSchedule("s", "0 1 * * *", () => new SendLetter("new")));

        app.Clock.Advance(TimeSpan.FromHours(1));
        await newer.Services.GetRequiredService<ScheduleClock>().TickAsync(default);

        Assert.Equal("new", (await app.Tasks.ExpectEnqueued<SendLetter>()).To);
    }

    private static IEnumerable<string> Ticks(string cron, string from, int count)
    {
        var schedule = new TaskSchedule("s", cron, null, () => new SendLetter("a"), typeof(SendLetter), new() { TimeZone = "Europe/Berlin" });
        var at = DateTimeOffset.Parse(from, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        for (var tick = 0; tick < count; tick++)
        {
            at = schedule.Next(at)!.Value;
            yield return DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
        }
    }
}
