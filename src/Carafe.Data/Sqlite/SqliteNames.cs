using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Sqlite;

/// <summary>
/// Knows the names that other tools, SQLAlchemy above all, give to types that SQLite does not have. A column keeps any value whatever its declared type
/// (https://sqlite.org/datatype3.html), and these keep what EF Core writes and reads.
/// </summary>
internal static class SqliteNames
{
    public static bool Keep(IColumn column, string? declared)
    {
        var name = (declared ?? "").Split('(')[0].Trim().ToUpperInvariant();
        return column.PropertyMappings is [{ Property.ClrType: var type }, ..] && (Nullable.GetUnderlyingType(type) ?? type) is var value
            && (name switch
            {
                "DATETIME" or "TIMESTAMP" => value == typeof(DateTimeOffset) || value == typeof(DateTime),
                "DATE" => value == typeof(DateOnly),
                "TIME" => value == typeof(TimeOnly),
                "BOOLEAN" or "BOOL" => value == typeof(bool),
                "NUMERIC" or "DECIMAL" => value == typeof(decimal),
                "UUID" => value == typeof(Guid),
                _ => false,
            });
    }
}
