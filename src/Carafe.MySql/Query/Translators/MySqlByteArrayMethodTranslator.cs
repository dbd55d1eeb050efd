using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query.Translators;

/// <summary>Translates LINQ's methods on bytes.</summary>
internal sealed class MySqlByteArrayMethodTranslator(MySqlFunctions functions) : IMethodCallTranslator
{
    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (method.DeclaringType != typeof(Enumerable) || arguments is not [{ } bytes, ..] || bytes.Type != typeof(byte[]))
        {
            return null;
        }

        return (method.Name, arguments.Count) switch
        {
            // CHAR makes one byte of a number.
            (nameof(Enumerable.Contains), 2) => functions.Sql.GreaterThan(
                functions.Call("LOCATE", typeof(int), functions.Call("CHAR", typeof(byte[]), arguments[1]), bytes), functions.Number(0)),
            (nameof(Enumerable.First), 1) => At(bytes, functions.Number(0)),
            (nameof(Enumerable.ElementAt), 2) when arguments[1].Type == typeof(int) => At(bytes, arguments[1]),
            _ => null,
        };
    }

    private SqlExpression At(SqlExpression bytes, SqlExpression index) => functions.Call(
        "ORD", typeof(byte), functions.Call("SUBSTRING", typeof(byte[]), bytes, functions.Sql.Add(index, functions.Number(1)), functions.Number(1)));
}
