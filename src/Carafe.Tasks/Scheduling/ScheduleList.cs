using Carafe.Tasks.Definitions;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Scheduling;

/// <summary>Lists the app's schedules for operators, and runs one at once.</summary>
internal sealed class ScheduleList(ScheduleClock clock, TaskCatalog catalog, TaskReader reader)
{
    public async Task<IReadOnlyList<ScheduleInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var ticks = await reader.TicksAsync(cancellationToken);
        return [.. clock.All.Select(schedule =>
        {
            var (next, last) = ticks.GetValueOrDefault(schedule.Name);
            return new ScheduleInfo(schedule.Name, schedule.Definition, catalog.Of(schedule.TaskType).Name, next, last);
        })];
    }

    /// <summary>Enqueues a schedule's task now. Returns its id, or null when there is no such schedule.</summary>
    public async Task<Guid?> RunAsync(string name, CancellationToken cancellationToken) =>
        clock.All.FirstOrDefault(schedule => schedule.Name == name) is { } schedule ? await clock.RunNowAsync(schedule, cancellationToken) : null;
}
