using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;

namespace Carafe.Data.Adoption;

/// <summary>Finds the C# type of a column by the type that SQLAlchemy gave it.</summary>
internal static partial class AdoptedTypes
{
    private const string LocalTime = "timestamp without time zone";

    /// <summary>Returns the column; null when nobody knows its type.</summary>
    public static AdoptedColumn? Find(DatabaseColumn column, (string Property, string Member) name, bool isSqlite)
    {
        var match = Declared().Match(column.StoreType ?? "");
        if (!match.Success)
        {
            return null;
        }

        var type = $"{match.Groups["name"].Value.Trim()} {match.Groups["rest"].Value.Trim()}".Trim().ToLowerInvariant();
        var size = match.Groups["size"].Value is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : (int?)null;
        var scale = match.Groups["scale"].Value is { Length: > 0 } digits ? digits : "0";
        var made = (string of) => new AdoptedColumn(column.Name, name.Property, name.Member, of, column.IsNullable);
        return (isSqlite, type) switch
        {
            (true, "integer" or "int" or "smallint" or "mediumint" or "tinyint") => made("int"),
            (true, "datetime" or "timestamp") => made("DateTimeOffset"),
            (true, "float" or "double" or "double precision" or "real") => made("double"),
            (true, "blob") => made("byte[]"),
            (true, "json") => made("string") with { ColumnType = "json" },
            (true, "nvarchar" or "nchar" or "clob") => made("string") with { MaxLength = size },
            (false, "smallint") => made("short"),
            (false, "integer") => made("int"),
            (false, "real") => made("float"),
            (false, "double precision") => made("double"),
            (false, LocalTime) => made("DateTimeOffset") with { ColumnType = LocalTime, IsLocalTime = true },
            (false, "timestamp with time zone") => made("DateTimeOffset"),
            (false, "time without time zone") => made("TimeOnly"),
            (false, "interval") => made("TimeSpan"),
            (false, "bytea") => made("byte[]"),
            (false, "json" or "jsonb") => made("string") with { ColumnType = type },
            (false, "character") => made("string") with { MaxLength = size, IsFixedLength = true },
            (_, "bigint") => made("long"),
            (_, "boolean" or "bool") => made("bool"),
            (_, "date") => made("DateOnly"),
            (_, "time") => made("TimeOnly"),
            (_, "uuid") => made("Guid"),
            (_, "numeric" or "decimal") => made("decimal") with { Precision = size is null ? null : $"{size}, {scale}" },
            (_, "varchar" or "character varying" or "char" or "text") => made("string") with { MaxLength = size },
            _ => null,
        };
    }

    [GeneratedRegex(@"\A(?<name>[A-Za-z][A-Za-z ]*)(\( *(?<size>[0-9]{1,9}) *(, *(?<scale>[0-9]{1,9}) *)?\))?(?<rest>[A-Za-z ]*)\z")]
    private static partial Regex Declared();
}
