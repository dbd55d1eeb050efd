using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;

namespace Carafe.Data.Adoption;

/// <summary>Finds the C# type of a column by the type that SQLAlchemy gave it.</summary>
internal static partial class AdoptedTypes
{
    private const string LocalTime = "timestamp without time zone";

    /// <summary>Returns the column; null when nobody knows its type.</summary>
    public static AdoptedColumn? Find(DatabaseColumn column, (string Property, string Member) name, AdoptedKind kind)
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
        return (kind, type) switch
        {
            (AdoptedKind.Sqlite, "integer" or "int" or "smallint" or "mediumint" or "tinyint") => made("int"),
            (AdoptedKind.Sqlite, "datetime" or "timestamp") => made("DateTimeOffset"),
            (AdoptedKind.Sqlite, "float" or "double" or "double precision" or "real") => made("double"),
            (AdoptedKind.Sqlite, "blob") => made("byte[]"),
            (AdoptedKind.Sqlite, "json") => made("string") with { ColumnType = "json" },
            (AdoptedKind.Sqlite, "nvarchar" or "nchar" or "clob") => made("string") with { MaxLength = size },
            (AdoptedKind.Postgres, "smallint") => made("short"),
            (AdoptedKind.Postgres, "integer") => made("int"),
            (AdoptedKind.Postgres, "real") => made("float"),
            (AdoptedKind.Postgres, "double precision") => made("double"),
            (AdoptedKind.Postgres, LocalTime) => made("DateTimeOffset") with { ColumnType = LocalTime, IsLocalTime = true },
            (AdoptedKind.Postgres, "timestamp with time zone") => made("DateTimeOffset"),
            (AdoptedKind.Postgres, "time without time zone") => made("TimeOnly"),
            (AdoptedKind.Postgres, "interval") => made("TimeSpan"),
            (AdoptedKind.Postgres, "bytea") => made("byte[]"),
            (AdoptedKind.Postgres, "json" or "jsonb") => made("string") with { ColumnType = type },
            (AdoptedKind.Postgres, "character") => made("string") with { MaxLength = size, IsFixedLength = true },
            (AdoptedKind.MySql, "tinyint") when size == 1 => made("bool"),
            (AdoptedKind.MySql, "tinyint" or "smallint") => made("short") with { ColumnType = type },
            (AdoptedKind.MySql, "int" or "mediumint") => made("int") with { ColumnType = type == "int" ? null : type },
            (AdoptedKind.MySql, "datetime") => made("DateTimeOffset") with { ColumnType = size is null ? type : column.StoreType },
            (AdoptedKind.MySql, "time") => made("TimeOnly") with { ColumnType = size is null ? type : column.StoreType },
            (AdoptedKind.MySql, "float") => made("float") with { ColumnType = type },
            (AdoptedKind.MySql, "double") => made("double"),
            (AdoptedKind.MySql, "tinytext" or "text" or "mediumtext") => made("string") with { ColumnType = type },
            (AdoptedKind.MySql, "longtext") => made("string"),
            (AdoptedKind.MySql, "tinyblob" or "blob" or "mediumblob") => made("byte[]") with { ColumnType = type },
            (AdoptedKind.MySql, "longblob") => made("byte[]"),
            (AdoptedKind.MySql, "json") => made("string") with { ColumnType = type },
            (AdoptedKind.MySql, "char") => made("string") with { MaxLength = size, ColumnType = column.StoreType },
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
