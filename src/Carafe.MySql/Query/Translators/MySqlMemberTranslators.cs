using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query.Translators;

/// <summary>Translates properties of text.</summary>
internal sealed class MySqlMemberTranslator(MySqlFunctions functions) : IMemberTranslator
{
    public SqlExpression? Translate(SqlExpression? instance, MemberInfo member, Type returnType, IDiagnosticsLogger<DbLoggerCategory.Query> logger) =>
        instance is not null && member is { Name: nameof(string.Length), DeclaringType: var type } && type == typeof(string)
            ? functions.Call("CHAR_LENGTH", returnType, instance) : null;
}

/// <summary>Translates properties of dates and times.</summary>
internal sealed class MySqlDateTimeMemberTranslator(MySqlFunctions functions) : IMemberTranslator
{
    private static readonly Dictionary<string, string> Parts = new()
    {
        [nameof(DateTime.Year)] = "YEAR",
        [nameof(DateTime.Month)] = "MONTH",
        [nameof(DateTime.Day)] = "DAYOFMONTH",
        [nameof(DateTime.DayOfYear)] = "DAYOFYEAR",
        [nameof(DateTime.Hour)] = "HOUR",
        [nameof(DateTime.Minute)] = "MINUTE",
        [nameof(DateTime.Second)] = "SECOND",
    };

    public SqlExpression? Translate(SqlExpression? instance, MemberInfo member, Type returnType, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        var type = member.DeclaringType;
        if (type != typeof(DateTime) && type != typeof(DateTimeOffset) && type != typeof(DateOnly) && type != typeof(TimeOnly))
        {
            return null;
        }

        return instance is null ? TranslateStatic(member, returnType) : TranslateInstance(instance, member, returnType);
    }

    // An instant is the same wherever one is; a local time is that of the session.
    private SqlExpression? TranslateStatic(MemberInfo member, Type returnType) => member.Name switch
    {
        "UtcNow" => functions.Constant("UTC_TIMESTAMP", returnType, functions.Number(6)),
        "Now" => functions.Constant(returnType == typeof(DateTimeOffset) ? "UTC_TIMESTAMP" : "NOW", returnType, functions.Number(6)),
        "Today" => functions.Constant("TIMESTAMP", returnType, functions.Constant("CURDATE", typeof(DateOnly))),
        _ => null,
    };

    private SqlExpression? TranslateInstance(SqlExpression instance, MemberInfo member, Type returnType)
    {
        if (Parts.TryGetValue(member.Name, out var part))
        {
            return functions.Call(part, returnType, instance);
        }

        var microseconds = functions.Call("MICROSECOND", typeof(int), instance);
        return member.Name switch
        {
            nameof(DateTime.Millisecond) => functions.Sql.Divide(microseconds, functions.Number(1000)),
            nameof(DateTime.Microsecond) => functions.Sql.Modulo(microseconds, functions.Number(1000)),
            nameof(DateTime.DayOfWeek) => functions.Sql.Convert(
                functions.Sql.Subtract(functions.Call("DAYOFWEEK", typeof(int), instance), functions.Number(1)), typeof(DayOfWeek)),
            nameof(DateOnly.DayNumber) => functions.Sql.Subtract(functions.Call("TO_DAYS", typeof(int), instance), functions.Number(366)),
            nameof(DateTime.Date) => functions.Call("TIMESTAMP", returnType, functions.Call("DATE", typeof(DateOnly), instance)),
            nameof(DateTime.TimeOfDay) => functions.Call("TIME", returnType, instance),
            nameof(DateTimeOffset.UtcDateTime) or nameof(DateTimeOffset.DateTime) => functions.Call("TIMESTAMP", returnType, instance),
            _ => null,
        };
    }
}
