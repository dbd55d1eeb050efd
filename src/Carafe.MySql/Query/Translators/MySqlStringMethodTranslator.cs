using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query.Translators;

/// <summary>Translates methods of text. Positions count code points.</summary>
internal sealed class MySqlStringMethodTranslator(MySqlFunctions functions) : IMethodCallTranslator
{
    // What C# takes for white space; the server's TRIM knows the blank only.
    private const string WhiteSpace = @"[\s\p{Z}\x{85}]";

    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (method.DeclaringType == typeof(Regex))
        {
            return method.Name == nameof(Regex.IsMatch) && arguments is [var input, var pattern] && instance is null
                ? functions.Sql.GreaterThan(functions.Call("REGEXP_INSTR", typeof(int), input, pattern), functions.Number(0)) : null;
        }

        if (method.DeclaringType == typeof(Enumerable) && arguments is [{ } text] && text.Type == typeof(string))
        {
            return method.Name switch
            {
                nameof(Enumerable.FirstOrDefault) => functions.Call("LEFT", typeof(char), text, functions.Number(1)),
                nameof(Enumerable.LastOrDefault) => functions.Call("RIGHT", typeof(char), text, functions.Number(1)),
                _ => null,
            };
        }

        return method.DeclaringType != typeof(string) ? null
            : instance is null ? TranslateStatic(method, arguments)
            : TranslateInstance(instance, method, arguments);
    }

    private SqlExpression? TranslateStatic(MethodInfo method, IReadOnlyList<SqlExpression> arguments) =>
        method.Name == nameof(string.IsNullOrWhiteSpace)
            ? functions.Sql.OrElse(
                functions.Sql.IsNull(arguments[0]),
                functions.Sql.Equal(Replace(arguments[0], $"{WhiteSpace}+"), functions.Text("")))
            : null;

    private SqlExpression? TranslateInstance(SqlExpression instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments)
    {
        var mapping = instance.TypeMapping ?? functions.Types.FindMapping(typeof(string));
        return (method.Name, arguments) switch
        {
            (nameof(string.IndexOf), [var part]) when IsText(part) =>
                functions.Sql.Subtract(functions.Call("LOCATE", typeof(int), part, instance), functions.Number(1)),
            (nameof(string.IndexOf), [var part, var start]) when IsText(part) && start.Type == typeof(int) =>
                functions.Sql.Subtract(
                    functions.Call("LOCATE", typeof(int), part, instance, functions.Sql.Add(start, functions.Number(1))), functions.Number(1)),
            (nameof(string.Replace), [var old, var @new]) => Replace(instance, old, @new, mapping),
            (nameof(string.ToLower), []) => functions.Call("LOWER", typeof(string), mapping, instance),
            (nameof(string.ToUpper), []) => functions.Call("UPPER", typeof(string), mapping, instance),
            (nameof(string.Substring), [var start]) =>
                functions.Call("SUBSTRING", typeof(string), mapping, instance, functions.Sql.Add(start, functions.Number(1))),
            (nameof(string.Substring), [var start, var length]) =>
                functions.Call("SUBSTRING", typeof(string), mapping, instance, functions.Sql.Add(start, functions.Number(1)), length),
            (nameof(string.Trim), _) when Class(arguments) is { } set => Replace(instance, $"^{set}+|{set}+$"),
            (nameof(string.TrimStart), _) when Class(arguments) is { } set => Replace(instance, $"^{set}+"),
            (nameof(string.TrimEnd), _) when Class(arguments) is { } set => Replace(instance, $"{set}+$"),
            _ => null,
        };
    }

    // Where there is nothing to replace, the server does not look at the replacement, which may be null.
    private SqlExpression Replace(SqlExpression instance, SqlExpression old, SqlExpression @new, RelationalTypeMapping? mapping)
    {
        var replaced = functions.Call("REPLACE", typeof(string), mapping, instance, old, @new);
        return @new is SqlConstantExpression ? replaced
            : functions.Sql.Case([new CaseWhenClause(functions.Sql.IsNotNull(functions.Sql.ApplyDefaultTypeMapping(@new)!), replaced)], null);
    }

    private SqlExpression Replace(SqlExpression text, string pattern) =>
        functions.Call("REGEXP_REPLACE", typeof(string), text.TypeMapping, text, functions.Text(pattern), functions.Text(""));

    private static bool IsText(SqlExpression expression) => expression.Type == typeof(string) || expression.Type == typeof(char);

    private static string? Class(IReadOnlyList<SqlExpression> arguments) => arguments switch
    {
        [] => WhiteSpace,
        [SqlConstantExpression { Value: char character }] => Class([character]),
        [SqlConstantExpression { Value: char[] { Length: 0 } }] => WhiteSpace,
        [SqlConstantExpression { Value: char[] characters }] when !Array.Exists(characters, char.IsSurrogate) => Class(characters),
        _ => null,
    };

    private static string Class(char[] characters) =>
        $"[{string.Concat(characters.Select(character => string.Create(CultureInfo.InvariantCulture, $"\\x{{{(int)character:X}}}")))}]";
}
