using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query.Translators;

/// <summary>Makes calls of functions that are null when an argument is.</summary>
internal sealed record MySqlFunctions(ISqlExpressionFactory Sql, IRelationalTypeMappingSource Types)
{
    public SqlExpression Call(string name, Type type, params SqlExpression[] arguments) => Call(name, type, null, arguments);

    public SqlExpression Call(string name, Type type, RelationalTypeMapping? mapping, params SqlExpression[] arguments) =>
        Sql.Function(name, arguments.Select(argument => argument is SqlFragmentExpression ? argument : Sql.ApplyDefaultTypeMapping(argument)!), nullable: true,
            arguments.Select(argument => argument is not SqlFragmentExpression), type, mapping ?? Types.FindMapping(type));

    /// <summary>Makes a call that is never null.</summary>
    public SqlExpression Constant(string name, Type type, params SqlExpression[] arguments) =>
        Sql.Function(name, arguments, nullable: false, arguments.Select(_ => false), type, Types.FindMapping(type));

    public SqlExpression Number(int value) => Sql.Constant(value, Types.FindMapping(typeof(int)));

    public SqlExpression Text(string value) => Sql.Constant(value, Types.FindMapping(typeof(string)));
}
