using Carafe.Tasks;
using Carafe.Tasks.Commands;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Enqueuing;
using Carafe.Tasks.Running;
using Carafe.Tasks.Scheduling;
using Carafe.Tasks.Storage;
using Carafe.Tasks.Telemetry;
using Carafe.Tasks.Workers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds background tasks to an app.</summary>
public static class TaskServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="TaskClient"/> on the tables of <typeparamref name="TContext"/>, whose <c>OnModelCreating</c> calls
    /// <see cref="TasksModelBuilderExtensions.ConfigureTasks"/>; a worker in the web process; the commands <c>tasks</c> and <c>worker</c>; the health check
    /// <c>tasks</c> with the tag <c>ready</c>; the meter and the activity source <c>Carafe.Tasks</c>.
    /// </summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddTasks<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        services.AddSettings<TaskSettings>();
        services.AddHttpContextAccessor();
        services.AddMetrics();
        services.AddSingleton<IValidateOptions<TaskSettings>, TaskValidator>();
        services.AddSingleton<TaskCatalog>();
        services.AddSingleton<TaskClock>();
        services.AddSingleton<TaskDatabase, TaskDatabase<TContext>>();
        services.AddSingleton<ClaimStore>();
        services.AddSingleton<OutcomeStore>();
        services.AddSingleton<WorkerStore>();
        services.AddSingleton<MinuteStore>();
        services.AddSingleton<TaskSteering>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<ScheduleList>();
        services.AddCommand(TaskCommands.Create);
        services.AddCommand(WorkerCommand.Create);
        services.AddSingleton<TaskMetrics>();
        services.AddSingleton<TaskTally>();
        services.AddSingleton<TaskWaker>();
        services.AddSingleton<TaskRunner>();
        services.AddSingleton<TaskCompleter>();
        services.AddSingleton<TaskDrain>();
        services.AddSingleton<ScheduleClock>();
        services.AddSingleton<TaskRowFactory>();
        services.AddSingleton<TaskSaveInterceptor>();
        services.AddSingleton<TaskClient, DatabaseTaskClient>();
        services.AddSingleton<TaskWorker>();
        services.AddHostedService<TaskWorkerService>();
        services.AddSingleton<TaskPulse>();
        services.AddHostedService(provider => provider.GetRequiredService<TaskPulse>());
        services.AddHealthChecks().AddCheck<TaskPulse>("tasks", tags: ["ready"]);
        services.ConfigureDbContext<TContext>((provider, db) => db.AddInterceptors(provider.GetRequiredService<TaskSaveInterceptor>()));
        return services;
    }

    /// <summary>
    /// Adds a type of task. The start fails unless it is a public record that can be written as JSON and read back, and unless all that the handler takes is
    /// to be had.
    /// </summary>
    /// <typeparam name="TTask">The record with the task's arguments.</typeparam>
    /// <param name="services">The app's services.</param>
    /// <param name="handler">
    /// The method that runs it. It takes the task, and as it likes a <see cref="TaskContext"/>, a <see cref="CancellationToken"/> and services, each attempt
    /// in a scope of its own. It returns <see cref="Task"/>, <see cref="ValueTask"/>, or a <see cref="Task{TResult}"/> whose result is kept as JSON.
    /// </param>
    /// <param name="registration">Its name, version, default options and limits.</param>
    public static IServiceCollection AddTask<TTask>(this IServiceCollection services, Delegate handler, TaskRegistration? registration = null)
        where TTask : notnull =>
        services.AddSingleton(new TaskDefinition(typeof(TTask), handler, registration ?? new TaskRegistration()));

    /// <summary>
    /// Enqueues a task at the times of a cron expression: five fields, or six with seconds in front. Of all processes one enqueues it, once for each tick.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">The schedule's name, by which the database knows its last tick.</param>
    /// <param name="cron">The expression, such as <c>30 3 * * MON-FRI</c>.</param>
    /// <param name="task">Makes the task.</param>
    /// <param name="options">Its time zone, what happens with missed ticks, and the options of its tasks.</param>
    public static IServiceCollection AddSchedule<TTask>(
        this IServiceCollection services, string name, string cron, Func<TTask> task, ScheduleOptions? options = null)
        where TTask : notnull =>
        services.AddSingleton(new TaskSchedule(name, cron, null, () => task(), typeof(TTask), options ?? new ScheduleOptions()));

    /// <summary>Enqueues a task again and again. The ticks are counted from 1970 in UTC: every hour is at every full hour.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">The schedule's name, by which the database knows its last tick.</param>
    /// <param name="interval">The time between two ticks, from one second to ten years.</param>
    /// <param name="task">Makes the task.</param>
    /// <param name="options">What happens with missed ticks, and the options of its tasks.</param>
    public static IServiceCollection AddSchedule<TTask>(
        this IServiceCollection services, string name, TimeSpan interval, Func<TTask> task, ScheduleOptions? options = null)
        where TTask : notnull =>
        services.AddSingleton(new TaskSchedule(name, null, interval, () => task(), typeof(TTask), options ?? new ScheduleOptions()));
}
