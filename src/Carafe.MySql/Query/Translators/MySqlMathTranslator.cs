using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using ExpressionExtensions = Microsoft.EntityFrameworkCore.Query.ExpressionExtensions;

namespace Carafe.MySql.Query.Translators;

/// <summary>Translates <see cref="Math"/>, <see cref="MathF"/> and the methods of the number types.</summary>
internal sealed class MySqlMathTranslator(MySqlFunctions functions) : IMethodCallTranslator
{
    private static readonly Dictionary<string, string> Names = new()
    {
        [nameof(Math.Abs)] = "ABS",
        [nameof(Math.Ceiling)] = "CEILING",
        [nameof(Math.Floor)] = "FLOOR",
        [nameof(Math.Pow)] = "POWER",
        [nameof(Math.Exp)] = "EXP",
        [nameof(Math.Log10)] = "LOG10",
        [nameof(Math.Log2)] = "LOG2",
        [nameof(Math.Sqrt)] = "SQRT",
        [nameof(Math.Sign)] = "SIGN",
        [nameof(Math.Sin)] = "SIN",
        [nameof(Math.Cos)] = "COS",
        [nameof(Math.Tan)] = "TAN",
        [nameof(Math.Asin)] = "ASIN",
        [nameof(Math.Acos)] = "ACOS",
        [nameof(Math.Atan)] = "ATAN",
        [nameof(Math.Atan2)] = "ATAN2",
        [nameof(double.DegreesToRadians)] = "RADIANS",
        [nameof(double.RadiansToDegrees)] = "DEGREES",
        [nameof(Math.Max)] = "GREATEST",
        [nameof(Math.Min)] = "LEAST",
    };

    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        var type = method.DeclaringType;
        if (instance is not null || arguments is [] || (type != typeof(Math) && type != typeof(MathF) && type != typeof(double) && type != typeof(float)
            && type != typeof(decimal) && type != typeof(int) && type != typeof(long)) || !arguments.All(argument => IsNumber(argument.Type)))
        {
            return null;
        }

        var mapping = ExpressionExtensions.InferTypeMapping([.. arguments]);
        var typed = arguments.Select(argument => functions.Sql.ApplyTypeMapping(argument, mapping) ?? argument).ToArray();
        var result = mapping is not null && mapping.ClrType == method.ReturnType ? mapping : functions.Types.FindMapping(method.ReturnType);
        return (method.Name, arguments.Count) switch
        {
            (nameof(Math.Log), 1) => functions.Call("LN", method.ReturnType, result, typed),
            // LOG has its base in front.
            (nameof(Math.Log), 2) => functions.Call("LOG", method.ReturnType, result, typed[1], typed[0]),
            (nameof(Math.Round), 1) => functions.Call("ROUND", method.ReturnType, result, typed),
            (nameof(Math.Round), 2) when arguments[1].Type == typeof(int) =>
                functions.Call("ROUND", method.ReturnType, result, functions.Sql.ApplyDefaultTypeMapping(arguments[0])!, arguments[1]),
            (nameof(Math.Truncate), 1) => functions.Call("TRUNCATE", method.ReturnType, result, typed[0], functions.Number(0)),
            // The server makes a whole number of it.
            (nameof(Math.Ceiling) or nameof(Math.Floor), 1) when method.ReturnType == typeof(decimal) =>
                functions.Sql.Convert(functions.Call(Names[method.Name], method.ReturnType, result, typed), typeof(decimal), result),
            _ => Names.TryGetValue(method.Name, out var name) ? functions.Call(name, method.ReturnType, result, typed) : null,
        };
    }

    private static bool IsNumber(Type type) => !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;
}
