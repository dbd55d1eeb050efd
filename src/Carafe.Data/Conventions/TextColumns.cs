using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Carafe.Data.Conventions;

/// <summary>
/// Refuses text that one database stores and another does not: SQLite ignores lengths, PostgreSQL has no NUL character. What passes here passes
/// everywhere.
/// </summary>
internal static class TextColumns
{
    public static void Check(EntityEntry entry, JsonSerializerOptions json)
    {
        foreach (var property in entry.Metadata.GetProperties())
        {
            if (property.ClrType != typeof(string) || entry.CurrentValues[property] is not string text)
            {
                continue;
            }

            if (text.Contains('\0', StringComparison.Ordinal))
            {
                throw Abort.Invalid(ConstraintNames.Name(property, json), "must not hold a NUL character.");
            }

            // Without a converter the column's length counts what the caller sent: characters, not UTF-16 units.
            if (property.GetMaxLength() is { } most && text.Length > most && property.GetValueConverter() is null && text.EnumerateRunes().Count() > most)
            {
                throw Abort.Invalid(ConstraintNames.Name(property, json), $"must be at most {most} characters.");
            }
        }
    }
}
