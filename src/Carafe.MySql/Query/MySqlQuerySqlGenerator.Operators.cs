using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Query;

/// <summary>Writes operators that mean something else to the server than to C#.</summary>
internal sealed partial class MySqlQuerySqlGenerator
{
    protected override string GetOperator(SqlBinaryExpression binaryExpression) => binaryExpression.OperatorType switch
    {
        // "/" would make a decimal of two whole numbers.
        ExpressionType.Divide when IsInteger(binaryExpression.Left.Type) && IsInteger(binaryExpression.Right.Type) => " DIV ",
        ExpressionType.ExclusiveOr => " ^ ",
        ExpressionType.LeftShift => " << ",
        ExpressionType.RightShift => " >> ",
        _ => base.GetOperator(binaryExpression),
    };

    protected override Expression VisitSqlBinary(SqlBinaryExpression sqlBinaryExpression)
    {
        switch (sqlBinaryExpression.OperatorType)
        {
            // "||" is a logical or, unless sql_mode says otherwise.
            case ExpressionType.Add when sqlBinaryExpression.Type == typeof(string):
                Sql.Append("CONCAT(");
                Visit(sqlBinaryExpression.Left);
                Sql.Append(", ");
                Visit(sqlBinaryExpression.Right);
                Sql.Append(")");
                return sqlBinaryExpression;

            // The same document may be written in two ways.
            case ExpressionType.Equal or ExpressionType.NotEqual when IsDocument(sqlBinaryExpression.Left) || IsDocument(sqlBinaryExpression.Right):
                GenerateDocument(sqlBinaryExpression.Left);
                Sql.Append(GetOperator(sqlBinaryExpression));
                GenerateDocument(sqlBinaryExpression.Right);
                return sqlBinaryExpression;

            // The quotient has four digits more than the dividend, so that gets all that there are.
            case ExpressionType.Divide when sqlBinaryExpression.Type == typeof(decimal):
                Sql.Append("(CAST(");
                Visit(sqlBinaryExpression.Left);
                Sql.Append(" AS decimal(65,24)) / (");
                Visit(sqlBinaryExpression.Right);
                Sql.Append("))");
                return sqlBinaryExpression;

            // The result would be a number without a sign.
            case ExpressionType.And or ExpressionType.Or or ExpressionType.ExclusiveOr or ExpressionType.LeftShift or ExpressionType.RightShift
                when IsSigned(sqlBinaryExpression.Type):
                Sql.Append("CAST((");
                base.VisitSqlBinary(sqlBinaryExpression);
                Sql.Append(") AS SIGNED)");
                return sqlBinaryExpression;

            default:
                return base.VisitSqlBinary(sqlBinaryExpression);
        }
    }

    protected override Expression VisitSqlUnary(SqlUnaryExpression sqlUnaryExpression)
    {
        switch (sqlUnaryExpression.OperatorType)
        {
            case ExpressionType.Convert:
                GenerateCast(sqlUnaryExpression);
                return sqlUnaryExpression;

            case ExpressionType.OnesComplement or ExpressionType.Not when IsSigned(sqlUnaryExpression.Type):
                Sql.Append("CAST(");
                base.VisitSqlUnary(sqlUnaryExpression);
                Sql.Append(" AS SIGNED)");
                return sqlUnaryExpression;

            // A comparison has a value of its own here, "a IS NULL = b" another than "(a IS NULL) = b".
            case ExpressionType.Equal or ExpressionType.NotEqual:
                Sql.Append("(");
                base.VisitSqlUnary(sqlUnaryExpression);
                Sql.Append(")");
                return sqlUnaryExpression;

            default:
                return base.VisitSqlUnary(sqlUnaryExpression);
        }
    }

    protected override bool TryGetOperatorInfo(SqlExpression expression, out int precedence, out bool isAssociative)
    {
        (precedence, isAssociative) = expression switch
        {
            SqlBinaryExpression { OperatorType: ExpressionType.Add } text when text.Type == typeof(string) => (2000, true),
            SqlBinaryExpression binary => binary.OperatorType switch
            {
                ExpressionType.ExclusiveOr => (1000, true),
                ExpressionType.Multiply => (900, true),
                ExpressionType.Divide or ExpressionType.Modulo => (900, false),
                ExpressionType.Add => (800, true),
                ExpressionType.Subtract => (800, false),
                ExpressionType.LeftShift or ExpressionType.RightShift => (700, false),
                ExpressionType.And => (600, true),
                ExpressionType.Or => (500, true),
                ExpressionType.LessThan or ExpressionType.LessThanOrEqual or ExpressionType.GreaterThan or ExpressionType.GreaterThanOrEqual
                    or ExpressionType.Equal or ExpressionType.NotEqual => (400, false),
                ExpressionType.AndAlso => (200, true),
                ExpressionType.OrElse => (100, true),
                _ => default,
            },
            SqlUnaryExpression unary => unary.OperatorType switch
            {
                ExpressionType.Convert => (2000, false),
                ExpressionType.Negate => (1200, false),
                ExpressionType.Equal or ExpressionType.NotEqual => (2000, false),
                ExpressionType.Not when unary.Type == typeof(bool) => (300, false),
                ExpressionType.Not or ExpressionType.OnesComplement => (1200, false),
                _ => default,
            },
            CollateExpression => (1300, false),
            LikeExpression => (400, false),
            JsonScalarExpression => (2000, false),
            _ => default,
        };
        return precedence != default;
    }

    private static bool IsInteger(Type type) =>
        !Unwrap(type).IsEnum && Type.GetTypeCode(Unwrap(type)) is >= TypeCode.SByte and <= TypeCode.UInt64;

    private static bool IsSigned(Type type) =>
        Type.GetTypeCode(Unwrap(type)) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64;

    private static bool IsDocument(SqlExpression expression) =>
        expression.TypeMapping is Storage.MySqlJsonTypeMapping or { ElementTypeMapping: not null };

    private void GenerateDocument(SqlExpression document)
    {
        Sql.Append(server.Version.HasJsonNormalize ? "JSON_NORMALIZE(" : server.Version.IsMariaDb ? "JSON_COMPACT(" : "CAST(");
        Visit(document);
        Sql.Append(server.Version.IsMariaDb ? ")" : " AS JSON)");
    }

    private void GenerateCast(SqlUnaryExpression cast)
    {
        var type = cast.TypeMapping!.StoreType;
        var to = CastType(type);
        var from = Unwrap(cast.Operand.TypeMapping?.Converter?.ProviderClrType ?? cast.Operand.Type);
        if (type is "tinyint(1)")
        {
            Sql.Append("(");
            Visit(cast.Operand);
            Sql.Append(" <> 0)");
            return;
        }

        // CAST rounds, and C# cuts.
        var cuts = to is "SIGNED" or "UNSIGNED" && Type.GetTypeCode(from) is TypeCode.Single or TypeCode.Double or TypeCode.Decimal;
        Sql.Append(to == "CHAR" ? "(" : "").Append(cuts ? "CAST(TRUNCATE(" : "CAST(");
        Visit(cast.Operand);
        Sql.Append(cuts ? $", 0) AS {to})" : $" AS {to})");
        // Otherwise in the connection's collation, which does not tell a from A.
        Sql.Append(to == "CHAR" ? $" COLLATE {server.Version.TextCollation})" : "");
    }

    // CAST has types of its own.
    private static string CastType(string storeType)
    {
        var end = storeType.AsSpan().IndexOfAny('(', ' ');
        var unsigned = storeType.Contains("unsigned", StringComparison.OrdinalIgnoreCase);
        return (end < 0 ? storeType : storeType[..end]).ToLowerInvariant() switch
        {
            "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "integer" => unsigned ? "UNSIGNED" : "SIGNED",
            "double" or "float" or "real" => "DOUBLE",
            "varchar" or "char" or "tinytext" or "text" or "mediumtext" or "longtext" or "json" => "CHAR",
            "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => "BINARY",
            "timestamp" => "DATETIME(6)",
            _ => storeType,
        };
    }
}
