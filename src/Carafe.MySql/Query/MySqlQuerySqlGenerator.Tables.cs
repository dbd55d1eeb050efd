using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using static Carafe.MySql.Storage.MySqlTypes;

namespace Carafe.MySql.Query;

/// <summary>Writes the tables of FROM: some refer to the row beside them, and some are the one that the statement changes.</summary>
internal sealed partial class MySqlQuerySqlGenerator
{
    // Whether the table that the statement changes is read from a copy.
    private bool _copies;

    protected override Expression VisitSelect(SelectExpression selectExpression)
    {
        if (selectExpression.Alias is not null)
        {
            CheckLateral(selectExpression);
        }

        if (!IsSetOperation(selectExpression))
        {
            foreach (var table in selectExpression.Tables.Select(table => (table as JoinExpressionBase)?.Table ?? table).OfType<SetOperationBase>())
            {
                CheckLateral(table);
            }
        }

        return base.VisitSelect(selectExpression);
    }

    protected override Expression VisitCrossApply(CrossApplyExpression crossApplyExpression)
    {
        Sql.Append(NeedsLateral(crossApplyExpression.Table) ? "CROSS JOIN LATERAL " : "CROSS JOIN ");
        Visit(crossApplyExpression.Table);
        return crossApplyExpression;
    }

    protected override Expression VisitOuterApply(OuterApplyExpression outerApplyExpression)
    {
        Sql.Append(NeedsLateral(outerApplyExpression.Table) ? "LEFT JOIN LATERAL " : "LEFT JOIN ");
        Visit(outerApplyExpression.Table);
        Sql.Append(" ON TRUE");
        return outerApplyExpression;
    }

    protected override Expression VisitTable(TableExpression tableExpression)
    {
        if (!_copies || tableExpression.Name != _target!.Name)
        {
            return base.VisitTable(tableExpression);
        }

        // A limit keeps the server from merging the copy into the query around it.
        Sql.Append($"(SELECT * FROM {Dependencies.SqlGenerationHelper.DelimitIdentifier(tableExpression.Name)} LIMIT {AllRows})").Append(AliasSeparator)
            .Append(Dependencies.SqlGenerationHelper.DelimitIdentifier(tableExpression.Alias));
        return tableExpression;
    }

    protected override void GenerateValues(ValuesExpression valuesExpression)
    {
        if (valuesExpression.RowValues is not { Count: > 0 } rows)
        {
            throw new InvalidOperationException(RelationalStrings.EmptyCollectionNotSupportedAsInlineQueryRoot);
        }

        for (var row = 0; row < rows.Count; row++)
        {
            Sql.Append(row == 0 ? "SELECT " : " UNION ALL SELECT ");
            var values = rows[row].Values;
            for (var column = 0; column < values.Count; column++)
            {
                Sql.Append(column == 0 ? "" : ", ");
                Visit(values[column]);
                if (row == 0)
                {
                    Sql.Append(AliasSeparator).Append(Dependencies.SqlGenerationHelper.DelimitIdentifier(valuesExpression.ColumnNames[column]));
                }
            }
        }
    }

    // The rows of a table may refer to the row beside it where they are elements of a document.
    protected override Expression VisitValues(ValuesExpression valuesExpression)
    {
        if (server.Version.HasLateral || !MySqlScope.RefersOutside(valuesExpression))
        {
            return base.VisitValues(valuesExpression);
        }

        var rows = valuesExpression.RowValues!;
        var types = rows[0].Values.Select((_, column) => rows.Select(row => row.Values[column].TypeMapping).FirstOrDefault(mapping => mapping is not null))
            .ToList();
        // Values of several types would be cut to the first of them.
        var isMixed = rows.Any(row => row.Values.Where((value, column) => value.TypeMapping is { } own && own.StoreType != types[column]?.StoreType).Any());
        if (isMixed || types.Exists(mapping => mapping is null || !IsKeptInJson(mapping)))
        {
            throw NoLateral();
        }

        Sql.Append("JSON_TABLE(JSON_ARRAY(");
        for (var row = 0; row < rows.Count; row++)
        {
            Sql.Append(row == 0 ? "JSON_ARRAY(" : ", JSON_ARRAY(");
            for (var column = 0; column < types.Count; column++)
            {
                Sql.Append(column == 0 ? "" : ", ");
                Visit(rows[row].Values[column]);
            }

            Sql.Append(")");
        }

        Sql.Append("), '$[*]' COLUMNS (");
        for (var column = 0; column < types.Count; column++)
        {
            Sql.Append(column == 0 ? "" : ", ").Append(Dependencies.SqlGenerationHelper.DelimitIdentifier(valuesExpression.ColumnNames[column]))
                .Append($" {ColumnType(types[column]!)} PATH '$[{column}]'");
        }

        Sql.Append("))").Append(AliasSeparator).Append(Dependencies.SqlGenerationHelper.DelimitIdentifier(valuesExpression.Alias));
        return valuesExpression;
    }

    // One that is written without a SELECT around it.
    private static bool IsSetOperation(SelectExpression select) =>
        select is
        {
            Tables: [SetOperationBase operation], Predicate: null, Having: null, GroupBy: [], Orderings: [], Limit: null, Offset: null, IsDistinct: false,
        }
        && select.Projection.Count == operation.Source1.Projection.Count
        && select.Projection.All(column => column.Expression is ColumnExpression { TableAlias: var alias } && alias == operation.Alias);

    // What a document gives back as it was.
    private static bool IsKeptInJson(RelationalTypeMapping mapping)
    {
        var type = Unwrap(mapping.Converter?.ProviderClrType ?? mapping.ClrType);
        return mapping.ElementTypeMapping is null && !type.IsEnum
            && (type == typeof(Guid) || type == typeof(DateOnly) || Type.GetTypeCode(type) is TypeCode.Boolean or TypeCode.String or TypeCode.Decimal
                or TypeCode.DateTime or (>= TypeCode.SByte and <= TypeCode.UInt64));
    }

    // Otherwise in the character set of the database, which may not have the characters.
    private string ColumnType(RelationalTypeMapping mapping) =>
        // A column of text is null for a list.
        mapping.ElementTypeMapping is not null ? "json"
        : Migrations.MySqlColumnTypes.IsText(mapping.StoreType) ? $"{mapping.StoreType} CHARACTER SET utf8mb4 COLLATE {server.Version.TextCollation}"
        : mapping.StoreType;

    private static bool NeedsLateral(TableExpressionBase table) => table is not (TableValuedFunctionExpression or ValuesExpression)
        && MySqlScope.RefersOutside(table);

    private void CheckLateral(Expression table)
    {
        if (!server.Version.HasLateral && MySqlScope.RefersOutside(table))
        {
            throw NoLateral();
        }
    }

    private static InvalidOperationException NoLateral() => new(
        "The query needs a subquery in FROM that refers to the row beside it (LATERAL), which MariaDB does not have: rewrite it as a join or a group.");

    // A subquery may not read the table that is being changed; a derived table may, and a copy where the subquery refers to the row outside.
    private void GenerateReader(SelectExpression subquery, Action generate)
    {
        var copies = _copies;
        _copies |= ReadsTarget(subquery);
        generate();
        _copies = copies;
    }

    private bool IsDerived(SelectExpression subquery) => !_copies && ReadsTarget(subquery) && !MySqlScope.RefersOutside(subquery);

    private void GenerateDerived(SelectExpression subquery)
    {
        Sql.AppendLine();
        using (Sql.Indent())
        {
            Sql.AppendLine("SELECT * FROM (");
            using (Sql.Indent())
            {
                Visit(subquery);
            }

            Sql.AppendLine().AppendLine($") AS `_derived{_derived++}`");
        }
    }

    private bool ReadsTarget(SelectExpression subquery) => _target is not null && MySqlScope.Reads(subquery, _target.Name);
}
