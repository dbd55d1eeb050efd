using System.Linq.Expressions;
using Carafe.MySql.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query;

/// <summary>Writes queries, <c>ExecuteUpdate</c> and <c>ExecuteDelete</c>.</summary>
internal sealed partial class MySqlQuerySqlGenerator(QuerySqlGeneratorDependencies dependencies, MySqlServer server) : QuerySqlGenerator(dependencies)
{
    // LIKE has an escape character unless another is named, and which one depends on sql_mode. No text has this one.
    private const string NoEscape = " ESCAPE '\u0001'";
    private const string AllRows = "18446744073709551615";

    // The table that the statement changes.
    private TableExpression? _target;
    private int _derived;

    protected override void GenerateLimitOffset(SelectExpression selectExpression)
    {
        if (selectExpression.Limit is null && selectExpression.Offset is null)
        {
            return;
        }

        Sql.AppendLine().Append("LIMIT ");
        if (selectExpression.Limit is { } limit)
        {
            Visit(limit);
        }
        else
        {
            Sql.Append(AllRows);
        }

        if (selectExpression.Offset is { } offset)
        {
            Sql.Append(" OFFSET ");
            Visit(offset);
        }
    }

    protected override void GeneratePseudoFromClause() => Sql.Append(" FROM DUAL");

    protected override void GenerateLike(LikeExpression likeExpression, bool negated)
    {
        base.GenerateLike(likeExpression, negated);
        if (likeExpression.EscapeChar is null)
        {
            Sql.Append(NoEscape);
        }
    }

    // The server takes no LIMIT in such a subquery.
    protected override void GenerateIn(InExpression inExpression, bool negated)
    {
        if (inExpression.Subquery is not { } subquery || (subquery.Limit is null && subquery.Offset is null && !ReadsTarget(subquery)))
        {
            base.GenerateIn(inExpression, negated);
            return;
        }

        Visit(inExpression.Item);
        Sql.Append(negated ? " NOT IN (" : " IN (");
        GenerateDerived(subquery);
        Sql.Append(")");
    }

    protected override void GenerateExists(ExistsExpression existsExpression, bool negated)
    {
        if (!ReadsTarget(existsExpression.Subquery))
        {
            base.GenerateExists(existsExpression, negated);
            return;
        }

        Sql.Append(negated ? "NOT EXISTS (" : "EXISTS (");
        GenerateDerived(existsExpression.Subquery);
        Sql.Append(")");
    }

    protected override Expression VisitScalarSubquery(ScalarSubqueryExpression scalarSubqueryExpression)
    {
        if (!ReadsTarget(scalarSubqueryExpression.Subquery))
        {
            return base.VisitScalarSubquery(scalarSubqueryExpression);
        }

        Sql.Append("(");
        GenerateDerived(scalarSubqueryExpression.Subquery);
        Sql.Append(")");
        return scalarSubqueryExpression;
    }

    protected override void GenerateValues(ValuesExpression valuesExpression)
    {
        for (var row = 0; row < valuesExpression.RowValues!.Count; row++)
        {
            Sql.Append(row == 0 ? "SELECT " : " UNION ALL SELECT ");
            var values = valuesExpression.RowValues[row].Values;
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

    // A table of FROM that refers to a row outside of itself.
    protected override Expression VisitSelect(SelectExpression selectExpression)
    {
        if (selectExpression.Alias is not null)
        {
            CheckLateral(selectExpression);
        }

        return base.VisitSelect(selectExpression);
    }

    protected override Expression VisitCrossApply(CrossApplyExpression crossApplyExpression)
    {
        Sql.Append(crossApplyExpression.Table is TableValuedFunctionExpression ? "CROSS JOIN " : "CROSS JOIN LATERAL ");
        Visit(crossApplyExpression.Table);
        return crossApplyExpression;
    }

    protected override Expression VisitOuterApply(OuterApplyExpression outerApplyExpression)
    {
        Sql.Append(outerApplyExpression.Table is TableValuedFunctionExpression ? "LEFT JOIN " : "LEFT JOIN LATERAL ");
        Visit(outerApplyExpression.Table);
        Sql.Append(" ON TRUE");
        return outerApplyExpression;
    }

    protected override Expression VisitDelete(DeleteExpression deleteExpression)
    {
        var select = deleteExpression.SelectExpression;
        if (select is not { GroupBy: [], Having: null, Projection: [], Orderings: [], Offset: null, Limit: null, IsDistinct: false })
        {
            throw Unsupported("ExecuteDelete");
        }

        _target = deleteExpression.Table;
        Sql.Append($"DELETE {Dependencies.SqlGenerationHelper.DelimitIdentifier(deleteExpression.Table.Alias)}").AppendLine().Append("FROM ");
        GenerateTables(select);
        GeneratePredicate(select);
        return deleteExpression;
    }

    protected override Expression VisitUpdate(UpdateExpression updateExpression)
    {
        var select = updateExpression.SelectExpression;
        if (select is not { GroupBy: [], Having: null, Projection: [], Orderings: [], Offset: null, Limit: null, IsDistinct: false })
        {
            throw Unsupported("ExecuteUpdate");
        }

        _target = updateExpression.Table;
        Sql.Append("UPDATE ");
        GenerateTables(select);
        var setters = MySqlSetterOrder.Sort(updateExpression.ColumnValueSetters);
        for (var i = 0; i < setters.Count; i++)
        {
            Sql.AppendLine(i == 0 ? "" : ",").Append(i == 0 ? "SET " : "    ");
            Visit(setters[i].Column);
            Sql.Append(" = ");
            Visit(setters[i].Value);
        }

        GeneratePredicate(select);
        return updateExpression;
    }

    private void GenerateTables(SelectExpression select)
    {
        for (var i = 0; i < select.Tables.Count; i++)
        {
            if (i > 0)
            {
                Sql.AppendLine();
            }

            Visit(select.Tables[i]);
        }
    }

    private void GeneratePredicate(SelectExpression select)
    {
        if (select.Predicate is { } predicate)
        {
            Sql.AppendLine().Append("WHERE ");
            Visit(predicate);
        }
    }

    private static InvalidOperationException Unsupported(string operation) => new(
        $"{operation} cannot be used with this query on MariaDB and MySQL: it has an operator that neither UPDATE nor DELETE takes.");

    private void CheckLateral(SelectExpression select)
    {
        if (MySqlScope.RefersOutside(select) && !server.Version.HasLateral)
        {
            throw new InvalidOperationException(
                "The query needs a subquery in FROM that refers to the row beside it (LATERAL), which MariaDB does not have: rewrite it as a join or a group.");
        }
    }

    // A subquery may not read the table that is being changed; a derived table may.
    private void GenerateDerived(SelectExpression subquery)
    {
        CheckLateral(subquery);
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

/// <summary>Creates <see cref="MySqlQuerySqlGenerator"/>s.</summary>
internal sealed class MySqlQuerySqlGeneratorFactory(QuerySqlGeneratorDependencies dependencies, MySqlServer server) : IQuerySqlGeneratorFactory
{
    public QuerySqlGenerator Create() => new MySqlQuerySqlGenerator(dependencies, server);
}
