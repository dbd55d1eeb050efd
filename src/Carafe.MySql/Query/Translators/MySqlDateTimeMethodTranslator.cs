using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Query.Translators;

/// <summary>Translates methods of dates and times.</summary>
internal sealed class MySqlDateTimeMethodTranslator(MySqlFunctions functions) : IMethodCallTranslator
{
    // FROM_DAYS(366) is the first day of C#.
    private const int FirstDay = 366;

    private static readonly Dictionary<string, (string Unit, long Microseconds)> Units = new()
    {
        [nameof(DateTime.AddYears)] = ("YEAR", 0),
        [nameof(DateTime.AddMonths)] = ("MONTH", 0),
        [nameof(DateTime.AddDays)] = ("DAY", 86_400_000_000),
        [nameof(DateTime.AddHours)] = ("HOUR", 3_600_000_000),
        [nameof(DateTime.AddMinutes)] = ("MINUTE", 60_000_000),
        [nameof(DateTime.AddSeconds)] = ("SECOND", 1_000_000),
        [nameof(DateTime.AddMilliseconds)] = ("MICROSECOND", 1_000),
        [nameof(DateTime.AddMicroseconds)] = ("MICROSECOND", 1),
    };

    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        var type = method.DeclaringType;
        if (type != typeof(DateTime) && type != typeof(DateTimeOffset) && type != typeof(DateOnly) && type != typeof(TimeOnly))
        {
            return null;
        }

        return instance is null ? TranslateStatic(method, arguments) : TranslateInstance(instance, method, arguments, type);
    }

    private SqlExpression? TranslateStatic(MethodInfo method, IReadOnlyList<SqlExpression> arguments) => (method.Name, arguments) switch
    {
        (nameof(DateOnly.FromDateTime), [var time]) when method.DeclaringType == typeof(DateOnly) => functions.Call("DATE", typeof(DateOnly), time),
        (nameof(TimeOnly.FromDateTime), [var time]) when method.DeclaringType == typeof(TimeOnly) => functions.Call("TIME", typeof(TimeOnly), time),
        (nameof(DateOnly.FromDayNumber), [var day]) =>
            functions.Call("FROM_DAYS", typeof(DateOnly), functions.Sql.Add(day, functions.Number(FirstDay))),
        _ => null,
    };

    private SqlExpression? TranslateInstance(SqlExpression instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, Type type)
    {
        if (Units.TryGetValue(method.Name, out var unit) && arguments is [var amount] && type != typeof(TimeOnly))
        {
            return Add(instance, amount, unit.Unit, unit.Microseconds);
        }

        var epoch = new SqlFragmentExpression("TIMESTAMP '1970-01-01 00:00:00'");
        return (method.Name, arguments) switch
        {
            (nameof(DateOnly.ToDateTime), [var time]) when type == typeof(DateOnly) => functions.Call("TIMESTAMP", typeof(DateTime), instance, time),
            (nameof(DateTimeOffset.ToUnixTimeMilliseconds), []) => Floor(
                functions.Call("TIMESTAMPDIFF", typeof(long), new SqlFragmentExpression("MICROSECOND"), epoch, instance), 1_000),
            (nameof(DateTimeOffset.ToUnixTimeSeconds), []) => Floor(
                functions.Call("TIMESTAMPDIFF", typeof(long), new SqlFragmentExpression("MICROSECOND"), epoch, instance), 1_000_000),
            _ => null,
        };
    }

    // C# goes down to the second before, and DIV towards 1970.
    private SqlExpression Floor(SqlExpression microseconds, double divisor) => functions.Sql.Convert(
        functions.Call("FLOOR", typeof(double), functions.Sql.Divide(
            functions.Sql.Convert(microseconds, typeof(decimal), functions.Types.FindMapping(typeof(decimal), "decimal(30,6)")),
            functions.Sql.Constant((decimal)divisor, functions.Types.FindMapping(typeof(decimal), "decimal(30,6)")))),
        typeof(long), functions.Types.FindMapping(typeof(long)));

    // TIMESTAMPADD rounds the amount to a whole number.
    private SqlExpression Add(SqlExpression instance, SqlExpression amount, string unit, long microseconds)
    {
        var whole = amount is SqlUnaryExpression { OperatorType: ExpressionType.Convert, Operand: var operand } && IsInteger(operand.Type) ? operand : amount;
        if (whole is SqlConstantExpression { Value: double number } && double.IsInteger(number) && Math.Abs(number) < int.MaxValue)
        {
            whole = functions.Number((int)number);
        }

        if (unit == "MICROSECOND" || !IsInteger(whole.Type))
        {
            unit = "MICROSECOND";
            whole = functions.Call(
                "ROUND", typeof(double),
                functions.Sql.Multiply(
                    functions.Sql.ApplyDefaultTypeMapping(amount)!, functions.Sql.Constant((double)microseconds, functions.Types.FindMapping(typeof(double)))));
        }

        return functions.Call("TIMESTAMPADD", instance.Type, instance.TypeMapping, new SqlFragmentExpression(unit), whole, instance);
    }

    private static bool IsInteger(Type type) => Type.GetTypeCode(Unwrap(type)) is >= TypeCode.SByte and <= TypeCode.UInt64;
}
