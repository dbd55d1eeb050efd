namespace Carafe.Tasks.Definitions;

/// <summary>Sets what depends on the environment.</summary>
internal sealed class TaskDefaults(IHostEnvironment environment) : IPostConfigureOptions<TaskSettings>
{
    public void PostConfigure(string? name, TaskSettings options) => options.TaskWorker ??= !environment.IsEnvironment("Testing");
}
