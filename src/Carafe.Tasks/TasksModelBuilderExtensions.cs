using Carafe.Tasks.Storage;

namespace Carafe.Tasks;

/// <summary>Adds the tables of tasks to a model.</summary>
public static class TasksModelBuilderExtensions
{
    /// <summary>
    /// Adds the tables <c>tasks</c>, <c>task_workers</c>, <c>task_schedules</c>, <c>task_limits</c> and <c>task_minutes</c>. Call it in <c>OnModelCreating</c>.
    /// </summary>
    /// <param name="model">The app's model.</param>
    public static ModelBuilder ConfigureTasks(this ModelBuilder model) => model
        .Entity<TaskRow>(task =>
        {
            task.ToTable("tasks");
            task.HasKey(row => row.Id);
            task.Property(row => row.Id).ValueGeneratedNever();
            task.Property(row => row.Name).HasMaxLength(TaskNames.Length);
            task.Property(row => row.Queue).HasMaxLength(TaskNames.Length);
            task.Property(row => row.Lane).HasMaxLength((TaskNames.Length * 2) + 1);
            task.Property(row => row.UniqueKey).HasMaxLength(TaskNames.Length + 151);
            task.Property(row => row.Owner).HasMaxLength(200);
            task.Property(row => row.Trace).HasMaxLength(60);
            task.Property(row => row.Message).HasMaxLength(200);
            task.HasIndex(row => new { row.State, row.Lane, row.Rank, row.NextAt, row.Id });
            task.HasIndex(row => new { row.State, row.NextAt });
            task.HasIndex(row => row.ExpiresAt).HasFilter("expires_at IS NOT NULL");
            task.HasIndex(row => row.UniqueKey).HasFilter("unique_key IS NOT NULL");
            task.HasIndex(row => row.ThenId).HasFilter("then_id IS NOT NULL");
        })
        .Entity<WorkerRow>(worker =>
        {
            worker.ToTable("task_workers");
            worker.HasKey(row => row.Id);
            worker.Property(row => row.Id).ValueGeneratedNever();
            worker.Property(row => row.Name).HasMaxLength(200);
            worker.Property(row => row.Queues).HasMaxLength(2000);
        })
        .Entity<ScheduleRow>(schedule =>
        {
            schedule.ToTable("task_schedules");
            schedule.HasKey(row => row.Name);
            schedule.Property(row => row.Name).HasMaxLength(TaskNames.Length);
            schedule.Property(row => row.Definition).HasMaxLength(300);
        })
        .Entity<LimitRow>(limit =>
        {
            limit.ToTable("task_limits");
            limit.HasKey(row => row.Lane);
            limit.Property(row => row.Lane).HasMaxLength((TaskNames.Length * 2) + 1);
        })
        .Entity<MinuteRow>(minute =>
        {
            minute.ToTable("task_minutes");
            minute.HasKey(row => new { row.StartsAt, row.Source });
            minute.Property(row => row.StartsAt).ValueGeneratedNever();
            minute.Property(row => row.Source).ValueGeneratedNever();
            minute.Property(row => row.Waits).HasMaxLength(1000);
            minute.Property(row => row.Runs).HasMaxLength(1000);
        });
}
