using System.Globalization;
using Cronos;

namespace Carafe.Tasks.Definitions;

/// <summary>Represents a schedule of the app.</summary>
internal sealed class TaskSchedule(string name, string? cron, TimeSpan? interval, Func<object> task, Type type, ScheduleOptions options)
{
    private const int MostAtOnce = 1000;

    private readonly Lazy<CronExpression> _cron = new(() => CronExpression.Parse(cron!,
        cron!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard));

    private readonly Lazy<TimeZoneInfo> _zone = new(() => TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));

    public string Name => name;

    public string Definition => cron is null ? $"every {interval!.Value.ToString("c", CultureInfo.InvariantCulture)}" : $"{cron} {options.TimeZone}";

    public Type TaskType => type;

    public TaskOptions Options => options.Task;

    public object Create() => task();

    /// <summary>Returns the first tick after a time. Intervals are counted from 1970, so that every process sees the same ticks.</summary>
    public long? Next(long after)
    {
        if (interval is { } every)
        {
            var step = (long)every.TotalMilliseconds;
            return ((after / step) + 1) * step;
        }

        return _cron.Value.GetNextOccurrence(DateTimeOffset.FromUnixTimeMilliseconds(after), _zone.Value)?.ToUnixTimeMilliseconds();
    }

    /// <summary>Returns the ticks that run now, of those from the one that is due on, and the next one after now.</summary>
    public (IReadOnlyList<long> Ticks, long? Next) Due(long due, long now)
    {
        var ticks = new List<long> { due };
        var next = Next(due);
        while (next <= now && ticks.Count < MostAtOnce)
        {
            ticks.Add(next.Value);
            next = Next(next.Value);
        }

        if (next <= now)
        {
            next = Next(now);
        }

        // A tick is missed when nobody took it for a minute, or for as long as the schedule's own steps.
        var patience = Math.Min(60_000, (next ?? long.MaxValue) - ticks[^1]);
        return (options.Missed switch
        {
            MissedTicks.All => ticks,
            MissedTicks.Once => [ticks[^1]],
            _ => now - ticks[^1] <= patience ? [ticks[^1]] : [],
        }, next);
    }

    public IEnumerable<string> Errors(IReadOnlyList<TaskDefinition> tasks, DateTimeOffset now)
    {
        if (!TaskNames.IsValid(name))
        {
            yield return $"The schedule '{name}' must be named with {TaskNames.Form}.";
        }

        if (tasks.All(definition => definition.Type != type))
        {
            yield return $"The schedule '{name}' enqueues {type.Name}, which is no task of this app.";
        }

        if (options.Task.Error() is { } error)
        {
            yield return $"The task options of schedule '{name}' are invalid: {error}.";
        }

        if (interval is { } every && (every < TimeSpan.FromSeconds(1) || every > TimeSpan.FromDays(3650)))
        {
            yield return $"The schedule '{name}' runs every {every}: it must be from one second to ten years.";
        }

        if (TimeFault(now) is { } time)
        {
            yield return time;
        }
    }

    private string? TimeFault(DateTimeOffset now)
    {
        try
        {
            _ = _zone.Value;
            return cron is null || Next(now.ToUnixTimeMilliseconds()) is not null ? null : $"The schedule '{name}' never fires: '{cron}' names no date.";
        }
        catch (CronFormatException error)
        {
            return $"The schedule '{name}' is not valid cron: '{cron}': {error.Message}";
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            return $"The schedule '{name}' names the time zone '{options.TimeZone}', which this machine does not know.";
        }
    }
}
