namespace Carafe.MySql.Migrations;

/// <summary>Tells kinds of column types apart by their names.</summary>
internal static class MySqlColumnTypes
{
    /// <summary>Returns whether a column holds text, which has a collation. JSON has its own.</summary>
    public static bool IsText(string type) => Name(type) is "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" or "enum" or "set";

    /// <summary>Returns whether a column's values lie outside of its row.</summary>
    public static bool IsLong(string type) =>
        Name(type) is "tinytext" or "text" or "mediumtext" or "longtext" or "json" or "tinyblob" or "blob" or "mediumblob" or "longblob";

    private static string Name(string type)
    {
        var end = type.AsSpan().IndexOfAny('(', ' ');
        return (end < 0 ? type : type[..end]).ToLowerInvariant();
    }
}
