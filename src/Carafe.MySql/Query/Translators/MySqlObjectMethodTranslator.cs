using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Query.Translators;

/// <summary>Translates <c>ToString</c> of what C# and the server write alike, and new ids.</summary>
internal sealed class MySqlObjectMethodTranslator(MySqlFunctions functions) : IMethodCallTranslator
{
    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (method.DeclaringType == typeof(Guid) && method.Name == nameof(Guid.NewGuid))
        {
            return functions.Constant("UUID", typeof(Guid));
        }

        // A number that stands for a name is not that name.
        if (instance is null || method.Name != nameof(ToString) || arguments.Count > 0 || instance.TypeMapping?.Converter is not null)
        {
            return null;
        }

        var type = Unwrap(instance.Type);
        var text = functions.Types.FindMapping(typeof(string));
        return type == typeof(string) ? instance
            : type == typeof(bool) ? functions.Sql.Case(
                instance,
                [
                    new CaseWhenClause(functions.Sql.Constant(true), functions.Text("True")),
                    new CaseWhenClause(functions.Sql.Constant(false), functions.Text("False")),
                ],
                functions.Text(""))
            : !type.IsEnum && (type == typeof(Guid) || Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64)
                ? Text(instance, text!)
            : null;
    }

    // ToString() of a null number is an empty text.
    private SqlExpression Text(SqlExpression instance, RelationalTypeMapping text)
    {
        var converted = functions.Sql.Convert(instance, typeof(string), text);
        return instance is ColumnExpression { IsNullable: false } ? converted : functions.Sql.Coalesce(converted, functions.Text(""), text);
    }
}
