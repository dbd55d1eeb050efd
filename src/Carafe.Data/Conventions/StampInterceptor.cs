using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Data.Conventions;

/// <summary>Sets times and versions just before rows are written.</summary>
internal sealed class StampInterceptor(TimeProvider time) : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Stamp(eventData.Context!);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Stamp(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    private void Stamp(DbContext context)
    {
        var now = Microseconds(time.GetUtcNow());
        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (entry.State == EntityState.Added)
            {
                StampAdded(entry.Entity, now);
            }
            else if (entry.State == EntityState.Modified)
            {
                StampModified(entry, now);
            }
        }
    }

    private static void StampAdded(object row, DateTimeOffset now)
    {
        if (row is ICreated created && created.CreatedAt == default)
        {
            created.CreatedAt = now;
        }

        if (row is ITimestamped timestamped && timestamped.UpdatedAt == default)
        {
            timestamped.UpdatedAt = timestamped.CreatedAt;
        }

        if (row is IVersioned { Version: 0 } versioned)
        {
            versioned.Version = 1;
        }
    }

    private static void StampModified(EntityEntry entry, DateTimeOffset now)
    {
        if (entry.Entity is ICreated)
        {
            entry.Property(nameof(ICreated.CreatedAt)).IsModified = false;
        }

        if (entry.Entity is ITimestamped timestamped)
        {
            timestamped.UpdatedAt = now;
        }

        if (entry.Entity is IVersioned versioned)
        {
            versioned.Version = (int)entry.Property(nameof(IVersioned.Version)).OriginalValue! + 1;
        }
    }

    // PostgreSQL keeps microseconds; what is answered right after the save must equal what is read later.
    private static DateTimeOffset Microseconds(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
