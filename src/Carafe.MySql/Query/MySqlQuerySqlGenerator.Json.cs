using System.Linq.Expressions;
using System.Text;
using Carafe.MySql.Storage;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Query;

/// <summary>Reads values inside JSON documents.</summary>
internal sealed partial class MySqlQuerySqlGenerator
{
    protected override Expression VisitJsonScalar(JsonScalarExpression jsonScalarExpression)
    {
        if (jsonScalarExpression.Path.Count == 0)
        {
            Visit(jsonScalarExpression.Json);
            return jsonScalarExpression;
        }

        var mapping = jsonScalarExpression.TypeMapping;
        if (mapping is null or MySqlJsonTypeMapping || mapping.ElementTypeMapping is not null)
        {
            GenerateDocument(jsonScalarExpression);
            return jsonScalarExpression;
        }

        var type = Unwrap(mapping.Converter?.ProviderClrType ?? mapping.ClrType);
        if (type == typeof(DateTimeOffset))
        {
            GenerateInstant(jsonScalarExpression);
            return jsonScalarExpression;
        }

        var (before, after) = Conversion(type.IsEnum ? Enum.GetUnderlyingType(type) : type, mapping.StoreType);
        Sql.Append(before);
        GenerateText(jsonScalarExpression);
        Sql.Append(after);
        return jsonScalarExpression;
    }

    protected override Expression VisitSqlConstant(SqlConstantExpression sqlConstantExpression)
    {
        if (sqlConstantExpression.Value is IReadOnlyList<PathSegment> path)
        {
            GeneratePath(path);
            return sqlConstantExpression;
        }

        return base.VisitSqlConstant(sqlConstantExpression);
    }

    protected override Expression VisitTableValuedFunction(TableValuedFunctionExpression tableValuedFunctionExpression)
    {
        if (tableValuedFunctionExpression is not MySqlJsonTableExpression table)
        {
            return base.VisitTableValuedFunction(tableValuedFunctionExpression);
        }

        Sql.Append("JSON_TABLE(");
        // JSON_TABLE takes a constant path only.
        if (table.Path.All(segment => segment.ArrayIndex is null or SqlConstantExpression))
        {
            Visit(table.Arguments[0]);
            Sql.Append(", ");
            GeneratePath(table.Path, "[*]");
        }
        else
        {
            Sql.Append("JSON_EXTRACT(");
            Visit(table.Arguments[0]);
            Sql.Append(", ");
            GeneratePath(table.Path);
            Sql.Append("), '$[*]'");
        }

        Sql.Append($" COLUMNS ({Name(MySqlJsonTableExpression.Key)} FOR ORDINALITY");
        foreach (var column in table.Columns)
        {
            Sql.Append($", {Name(column.Name)} {ColumnType(column.Mapping)} PATH ");
            GeneratePath(column.Property is { } property ? [new PathSegment(property)] : []);
        }

        Sql.Append(")) AS ").Append(Name(table.Alias));
        return table;

        string Name(string name) => Dependencies.SqlGenerationHelper.DelimitIdentifier(name);
    }

    // The text of a value as the type of the property. A boolean is "true", or 1 for MariaDB's JSON_VALUE.
    private (string Before, string After) Conversion(Type type, string storeType) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => ("CASE ", " WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 'false' THEN 0 WHEN '0' THEN 0 END"),
        TypeCode.String or TypeCode.Char => ("(", $" COLLATE {server.Version.TextCollation})"),
        TypeCode.DateTime => ("CAST(SUBSTRING_INDEX(", ", 'Z', 1) AS DATETIME(6))"),
        _ when type == typeof(Guid) => ("(", $" COLLATE {server.Version.TextCollation})"),
        _ when type == typeof(byte[]) => ("FROM_BASE64(", ")"),
        _ when type == typeof(TimeSpan) => throw new InvalidOperationException(
            "A duration inside a JSON document cannot be queried on MariaDB and MySQL: they do not read its text."),
        _ => ("CAST(", $" AS {CastType(storeType)})"),
    };

    // Its text ends with an offset of six characters, which columns do not have. EF Core does not write Z for +00:00, and others do.
    private void GenerateInstant(JsonScalarExpression scalar)
    {
        Sql.Append("SUBTIME(CAST(LEFT(");
        GenerateWithOffset();
        Sql.Append(", CHAR_LENGTH(");
        GenerateWithOffset();
        Sql.Append(") - 6) AS DATETIME(6)), REPLACE(RIGHT(");
        GenerateWithOffset();
        Sql.Append(", 6), '+', ''))");

        void GenerateWithOffset()
        {
            Sql.Append("REPLACE(");
            GenerateText(scalar);
            Sql.Append(", 'Z', '+00:00')");
        }
    }

    private void GenerateText(JsonScalarExpression scalar)
    {
        Sql.Append(server.Version.IsMariaDb ? "JSON_VALUE(" : "JSON_UNQUOTE(NULLIF(JSON_EXTRACT(");
        Visit(scalar.Json);
        Sql.Append(", ");
        GeneratePath(scalar.Path);
        Sql.Append(server.Version.IsMariaDb ? ")" : "), CAST('null' AS JSON)))");
    }

    private void GenerateDocument(JsonScalarExpression scalar)
    {
        Sql.Append("NULLIF(JSON_EXTRACT(");
        Visit(scalar.Json);
        Sql.Append(", ");
        GeneratePath(scalar.Path);
        Sql.Append(server.Version.IsMariaDb ? "), 'null')" : "), CAST('null' AS JSON))");
    }

    private void GeneratePath(IReadOnlyList<PathSegment> path, string end = "")
    {
        var parts = new List<object>();
        var text = new StringBuilder("$");
        foreach (var segment in path)
        {
            switch (segment)
            {
                case { PropertyName: { } name }:
                    text.Append('.').Append(Dependencies.SqlGenerationHelper.DelimitJsonPathElement(name));
                    break;
                case { ArrayIndex: SqlConstantExpression { Value: { } index } }:
                    text.Append('[').Append(index).Append(']');
                    break;
                default:
                    parts.Add(text.Append('[').ToString());
                    parts.Add(segment.ArrayIndex!);
                    text.Clear().Append(']');
                    break;
            }
        }

        text.Append(end);
        if (parts.Count == 0)
        {
            Sql.Append(MySqlLiterals.Text(text.ToString()));
            return;
        }

        Sql.Append("CONCAT(");
        foreach (var part in parts)
        {
            if (part is string constant)
            {
                Sql.Append(MySqlLiterals.Text(constant));
            }
            else
            {
                Visit((Expression)part);
            }

            Sql.Append(", ");
        }

        Sql.Append(MySqlLiterals.Text(text.ToString())).Append(")");
    }
}
