using System.Globalization;
using System.Text.RegularExpressions;

namespace Carafe.MySql.Migrations;

/// <summary>Refuses tables and keys that are larger than the server takes, before a statement of the migration has run.</summary>
internal static partial class MySqlLimits
{
    private const int Row = 65_535;
    private const int Key = 3_072;
    private const int TextCharacter = 4;

    /// <summary>Refuses a table whose columns do not fit into a row.</summary>
    public static void CheckRow(string table, IEnumerable<(string Column, string Type)> columns)
    {
        var sizes = columns.Select(column => (column.Column, Bytes: Bytes(column.Type))).ToList();
        if (sizes.Sum(column => column.Bytes) is var sum and > Row)
        {
            var largest = sizes.MaxBy(column => column.Bytes);
            throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture,
                $"The columns of table {table} need {sum} bytes in a row, and MySQL and MariaDB have {Row}. Text takes 4 for each character that it may have: "
                + $"make {largest.Column} shorter ({largest.Bytes} bytes), or leave out its maximum length."));
        }
    }

    /// <summary>Refuses a key or index that is too wide.</summary>
    public static void CheckKey(string name, IEnumerable<(string Column, string? Type)> columns)
    {
        var sizes = columns.Where(column => column.Type is not null).Select(column => (column.Column, Bytes: Bytes(column.Type!))).ToList();
        if (sizes.Sum(column => column.Bytes) is var sum and > Key)
        {
            var largest = sizes.MaxBy(column => column.Bytes);
            throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture,
                $"{name} needs {sum} bytes, and a key of MySQL and MariaDB has {Key}. A text takes 4 for each character that it may have: "
                + $"make {largest.Column} shorter ({largest.Bytes} bytes)."));
        }
    }

    private static int Bytes(string type)
    {
        var match = Sized().Match(type);
        var size = match.Success && int.TryParse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return match.Groups[1].Value.ToLowerInvariant() switch
        {
            "varchar" => (size * TextCharacter) + 2,
            "char" => size * TextCharacter,
            "varbinary" => size + 2,
            "binary" => size,
            "decimal" => (size / 2) + 1,
            "tinyint" or "bool" => 1,
            "smallint" => 2,
            "int" or "float" => 4,
            "date" => 3,
            _ => 8,
        };
    }

    [GeneratedRegex(@"^([a-zA-Z]+)\s*(?:\(\s*([0-9]+))?")]
    private static partial Regex Sized();
}
