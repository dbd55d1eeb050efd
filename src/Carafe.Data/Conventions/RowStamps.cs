using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Carafe.Data.Conventions;

/// <summary>Sets times and versions just before rows are written.</summary>
internal static class RowStamps
{
    public static void Set(EntityEntry entry, DateTimeOffset now)
    {
        if (entry.State == EntityState.Added)
        {
            StampAdded(entry.Entity, now);
        }
        else
        {
            StampModified(entry, now);
        }
    }

    // PostgreSQL keeps microseconds; the response right after the save must equal what is read later.
    public static DateTimeOffset Microseconds(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public static void StampAdded(object row, DateTimeOffset now)
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
            timestamped.UpdatedAt = After((DateTimeOffset)entry.Property(nameof(ITimestamped.UpdatedAt)).OriginalValue!, timestamped.CreatedAt, now);
        }

        if (entry.Entity is IVersioned versioned)
        {
            versioned.Version = (int)entry.Property(nameof(IVersioned.Version)).OriginalValue! + 1;
        }
    }

    // A row's time never goes back, and no two of its states share one. If the clock has gone back, the next whole second is used: a Last-Modified that
    // a client has is an earlier one.
    private static DateTimeOffset After(DateTimeOffset last, DateTimeOffset created, DateTimeOffset now)
    {
        last = last > created ? last : created;
        return now > last ? now
            : now == last ? now.AddMicroseconds(1)
            : new DateTimeOffset(last.UtcTicks - (last.UtcTicks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond
                + TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
    }
}
