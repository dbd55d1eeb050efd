using System.Text.Json;
using Carafe.Data.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Data.Conventions;

/// <summary>
/// Refuses text that one database stores and another does not: SQLite ignores lengths, PostgreSQL has no NUL character. What passes here passes everywhere.
/// </summary>
internal sealed class TextInterceptor(IOptions<JsonOptions> json) : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Check(eventData.Context!, json.Value.SerializerOptions);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(eventData.Context!, json.Value.SerializerOptions);
        return ValueTask.FromResult(result);
    }

    private static void Check(DbContext context, JsonSerializerOptions json)
    {
        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified))
            {
                continue;
            }

            foreach (var property in entry.Metadata.GetProperties())
            {
                if (property.ClrType != typeof(string) || entry.CurrentValues[property] is not string text)
                {
                    continue;
                }

                if (text.Contains('\0', StringComparison.Ordinal))
                {
                    Abort.Invalid(ConstraintNames.Name(property, json), "must not hold a NUL character.");
                }

                // Without a converter the column's length counts what the caller sent: characters, not UTF-16 units.
                if (property.GetMaxLength() is { } most && text.Length > most && property.GetValueConverter() is null && text.EnumerateRunes().Count() > most)
                {
                    Abort.Invalid(ConstraintNames.Name(property, json), $"must be at most {most} characters.");
                }
            }
        }
    }
}
