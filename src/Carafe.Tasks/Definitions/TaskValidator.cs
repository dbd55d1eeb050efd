
namespace Carafe.Tasks.Definitions;

/// <summary>Checks at the start that every task can be stored, read back and run, and that every schedule fires.</summary>
internal sealed class TaskValidator(IEnumerable<TaskDefinition> definitions, IEnumerable<TaskSchedule> schedules, IServiceProviderIsService services,
    TimeProvider clock) : IValidateOptions<TaskSettings>
{
    public ValidateOptionsResult Validate(string? name, TaskSettings options)
    {
        var all = definitions.ToList();
        var planned = schedules.ToList();
        List<string> errors =
        [
            .. all.SelectMany(definition => (IEnumerable<string>)
                [.. definition.Errors(), .. ArgumentsCheck.Errors(definition), .. TaskHandler.Errors(definition, services)]),
            .. all.GroupBy(definition => definition.Name).Where(group => group.Count() > 1)
                .Select(group => $"The task name '{group.Key}' is used by {string.Join(" and ", group.Select(definition => definition.Type.Name))}."),
            .. all.GroupBy(definition => definition.Type).Where(group => group.Count() > 1)
                .Select(group => $"The task {group.Key.Name} is added {group.Count()} times."),
            .. options.TaskQueues.Where(queue => !TaskNames.IsValid(queue)).Select(queue => $"TASK_QUEUES: '{queue}' must be {TaskNames.Form}."),
            .. planned.SelectMany(schedule => schedule.Errors(all, clock.GetUtcNow())),
            .. planned.GroupBy(schedule => schedule.Name).Where(group => group.Count() > 1)
                .Select(group => $"The schedule '{group.Key}' is added {group.Count()} times."),
        ];
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
