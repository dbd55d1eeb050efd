using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Data.Conventions;

/// <summary>Stamps rows and checks their text just before they are written, in one pass: in each pass EF compares all tracked entities.</summary>
internal sealed class RowInterceptor(TimeProvider time, IOptions<JsonOptions> json) : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Prepare(eventData.Context!);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result,
        CancellationToken cancellationToken = default)
    {
        Prepare(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    /// <summary>Stamps and checks a row that is added without SaveChanges.</summary>
    public void PrepareAdded(EntityEntry entry)
    {
        RowStamps.StampAdded(entry.Entity, RowStamps.Microseconds(time.GetUtcNow()));
        Check(entry);
    }

    private void Prepare(DbContext context)
    {
        var now = RowStamps.Microseconds(time.GetUtcNow());
        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Added or EntityState.Modified)
            {
                RowStamps.Set(entry, now);
                Check(entry);
            }
        }
    }

    private void Check(EntityEntry entry)
    {
        TextColumns.Check(entry, json.Value.SerializerOptions);
        DecimalColumns.Check(entry, json.Value.SerializerOptions);
    }
}
