using System.Text;

namespace Carafe.MySql.Storage;

/// <summary>
/// Writes literals that mean the same with and without <c>NO_BACKSLASH_ESCAPES</c>. A backslash is an escape for one server and a character for
/// another, so text that has one is written in hexadecimal, and no text can end its literal.
/// </summary>
internal static class MySqlLiterals
{
    public static string Text(string text) =>
        text.AsSpan().IndexOfAny("\\\0\r\n\u001a") < 0
            ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"
            : $"_utf8mb4 X'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'";

    /// <summary>Writes a comment of a table or column, for which the server takes nothing but a quoted text.</summary>
    public static string Comment(string text) =>
        $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Bytes(byte[] bytes) => $"X'{Convert.ToHexString(bytes)}'";
}
