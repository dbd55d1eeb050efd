using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;
using ExpressionExtensions = Microsoft.EntityFrameworkCore.Query.ExpressionExtensions;

namespace Carafe.MySql.Query;

/// <summary>Translates expressions of C# to SQL; what has no SQL that means the same is not translated.</summary>
internal sealed class MySqlSqlTranslatingExpressionVisitor(
    RelationalSqlTranslatingExpressionVisitorDependencies dependencies, QueryCompilationContext queryCompilationContext,
    QueryableMethodTranslatingExpressionVisitor queryableMethodTranslatingExpressionVisitor)
    : RelationalSqlTranslatingExpressionVisitor(dependencies, queryCompilationContext, queryableMethodTranslatingExpressionVisitor)
{
    private const string Escape = "!";
    private static readonly MethodInfo PatternMethod = typeof(MySqlSqlTranslatingExpressionVisitor).GetMethod(nameof(MakePattern))!;

    private readonly QueryCompilationContext _context = queryCompilationContext;

    private bool _isInCall;

    private ISqlExpressionFactory Sql => Dependencies.SqlExpressionFactory;

    /// <summary>Makes the pattern of LIKE from the value of a parameter, when the query runs.</summary>
    public static string? MakePattern(QueryContext queryContext, string parameter, bool startsWith) =>
        queryContext.Parameters[parameter]?.ToString() is { } text ? Pattern(text, startsWith) : null;

    public override SqlExpression GenerateGreatest(IReadOnlyList<SqlExpression> expressions, Type resultType) => Extreme("GREATEST", expressions, resultType);

    // Outside of a call EF Core asks for the smaller of two Takes. LIMIT takes no function; null keeps the subquery.
    public override SqlExpression? GenerateLeast(IReadOnlyList<SqlExpression> expressions, Type resultType) =>
        !_isInCall && expressions.All(expression => expression is SqlConstantExpression or SqlParameterExpression)
            ? null : Extreme("LEAST", expressions, resultType);

    protected override Expression VisitUnary(UnaryExpression unaryExpression)
    {
        if (unaryExpression.NodeType == ExpressionType.ArrayLength && unaryExpression.Operand.Type == typeof(byte[]))
        {
            return Visit(unaryExpression.Operand) is SqlExpression bytes
                ? Sql.Function("LENGTH", [bytes], nullable: true, [true], typeof(int)) : QueryCompilationContext.NotTranslatedExpression;
        }

        var visited = base.VisitUnary(unaryExpression);
        return visited is SqlUnaryExpression { OperatorType: ExpressionType.Negate } negated && IsTime(negated.Operand)
            ? QueryCompilationContext.NotTranslatedExpression : visited;
    }

    // The server would calculate with the digits of a time: 2024-01-31 + 1 is 20240132.
    protected override Expression VisitBinary(BinaryExpression binaryExpression)
    {
        var visited = base.VisitBinary(binaryExpression);
        return visited is SqlBinaryExpression
        {
            OperatorType: ExpressionType.Add or ExpressionType.Subtract or ExpressionType.Multiply or ExpressionType.Divide or ExpressionType.Modulo,
        } binary && (IsTime(binary.Left) || IsTime(binary.Right))
            ? QueryCompilationContext.NotTranslatedExpression : visited;
    }

    protected override Expression VisitMethodCall(MethodCallExpression methodCallExpression)
    {
        if (methodCallExpression is { Object: { } text, Arguments: [var argument], Method: { DeclaringType: var type, Name: var name } }
            && type == typeof(string) && (argument.Type == typeof(string) || argument.Type == typeof(char))
            && name is nameof(string.StartsWith) or nameof(string.EndsWith) or nameof(string.Contains)
            && TrySearch(name, text, argument, out var search))
        {
            return search;
        }

        var isInCall = _isInCall;
        _isInCall = true;
        var visited = base.VisitMethodCall(methodCallExpression);
        _isInCall = isInCall;
        return visited;
    }

    private static string Pattern(string text, bool startsWith)
    {
        var builder = new StringBuilder(startsWith ? "" : "%");
        foreach (var character in text)
        {
            builder.Append(character is '%' or '_' or '!' ? Escape : "").Append(character);
        }

        return builder.Append(startsWith ? "%" : "").ToString();
    }

    private static bool IsTime(SqlExpression expression)
    {
        var type = expression.TypeMapping?.Converter?.ProviderClrType ?? expression.Type;
        type = Unwrap(type);
        return type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan);
    }

    private SqlFunctionExpression Extreme(string function, IReadOnlyList<SqlExpression> expressions, Type resultType)
    {
        var mapping = ExpressionExtensions.InferTypeMapping(expressions);
        return (SqlFunctionExpression)Sql.Function(
            function, expressions.Select(each => Sql.ApplyTypeMapping(each, mapping)!), nullable: true, expressions.Select(_ => true), resultType, mapping);
    }

    private bool TrySearch(string name, Expression text, Expression argument, [NotNullWhen(true)] out SqlExpression? search)
    {
        search = null;
        if (Visit(text) is not SqlExpression instance || Visit(argument) is not SqlExpression needle)
        {
            return false;
        }

        var mapping = ExpressionExtensions.InferTypeMapping(instance) ?? Dependencies.TypeMappingSource.FindMapping(typeof(string))!;
        instance = Sql.ApplyTypeMapping(instance, mapping)!;
        needle = needle.Type == typeof(string) ? Sql.ApplyTypeMapping(needle, mapping)! : Sql.ApplyDefaultTypeMapping(needle)!;
        search = name == nameof(string.Contains) ? Sql.GreaterThan(Sql.Function("LOCATE", [needle, instance], nullable: true, [true, true], typeof(int)),
            Sql.Constant(0))
            : Ends(instance, needle, name == nameof(string.StartsWith), mapping);
        return true;
    }

    private SqlExpression Ends(SqlExpression instance, SqlExpression needle, bool startsWith, RelationalTypeMapping mapping)
    {
        switch (needle)
        {
            case SqlConstantExpression { Value: var value }:
                return Sql.Like(
                    instance, Sql.Constant(value is null ? null : Pattern(value.ToString()!, startsWith), typeof(string), mapping), Sql.Constant(Escape));

            case SqlParameterExpression parameter:
                var pattern = _context.RegisterRuntimeParameter(
                    $"{parameter.Name}_{(startsWith ? "startswith" : "endswith")}",
                    Expression.Lambda(
                        Expression.Call(
                            PatternMethod, QueryCompilationContext.QueryContextParameter, Expression.Constant(parameter.Name), Expression.Constant(startsWith)),
                        QueryCompilationContext.QueryContextParameter));
                return Sql.Like(instance, new SqlParameterExpression(pattern.Name!, pattern.Type, mapping), Sql.Constant(Escape));

            // Characters of a column cannot be escaped. Of two nulls neither begins with the other.
            default:
                var length = Sql.Function("CHAR_LENGTH", [needle], nullable: true, [true], typeof(int));
                var part = Sql.Function(startsWith ? "LEFT" : "RIGHT", [instance, length], nullable: true, [true, true], typeof(string), mapping);
                return Sql.AndAlso(Sql.IsNotNull(instance), Sql.AndAlso(Sql.IsNotNull(needle), Sql.Equal(part, needle)));
        }
    }
}

/// <summary>Creates <see cref="MySqlSqlTranslatingExpressionVisitor"/>s.</summary>
internal sealed class MySqlSqlTranslatingExpressionVisitorFactory(RelationalSqlTranslatingExpressionVisitorDependencies dependencies)
    : IRelationalSqlTranslatingExpressionVisitorFactory
{
    public RelationalSqlTranslatingExpressionVisitor Create(
        QueryCompilationContext queryCompilationContext, QueryableMethodTranslatingExpressionVisitor queryableMethodTranslatingExpressionVisitor) =>
        new MySqlSqlTranslatingExpressionVisitor(dependencies, queryCompilationContext, queryableMethodTranslatingExpressionVisitor);
}
