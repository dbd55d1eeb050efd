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

        if (selectExpression.Limit is not (null or SqlConstantExpression or SqlParameterExpression)
            || selectExpression.Offset is not (null or SqlConstantExpression or SqlParameterExpression))
        {
            throw new InvalidOperationException(
                "The query needs a limit or an offset that is calculated for each row; LIMIT of MariaDB and MySQL takes a number or a parameter.");
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
        if (inExpression.Subquery is not { } subquery)
        {
            base.GenerateIn(inExpression, negated);
            return;
        }

        if (subquery.Limit is null && subquery.Offset is null && !IsDerived(subquery))
        {
            GenerateReader(subquery, () => base.GenerateIn(inExpression, negated));
            return;
        }

        CheckLateral(subquery);
        Visit(inExpression.Item);
        Sql.Append(negated ? " NOT IN (" : " IN (");
        GenerateDerived(subquery);
        Sql.Append(")");
    }

    protected override void GenerateExists(ExistsExpression existsExpression, bool negated)
    {
        if (!IsDerived(existsExpression.Subquery))
        {
            GenerateReader(existsExpression.Subquery, () => base.GenerateExists(existsExpression, negated));
            return;
        }

        Sql.Append(negated ? "NOT EXISTS (" : "EXISTS (");
        GenerateDerived(existsExpression.Subquery);
        Sql.Append(")");
    }

    protected override Expression VisitScalarSubquery(ScalarSubqueryExpression scalarSubqueryExpression)
    {
        if (!IsDerived(scalarSubqueryExpression.Subquery))
        {
            GenerateReader(scalarSubqueryExpression.Subquery, () => base.VisitScalarSubquery(scalarSubqueryExpression));
            return scalarSubqueryExpression;
        }

        Sql.Append("(");
        GenerateDerived(scalarSubqueryExpression.Subquery);
        Sql.Append(")");
        return scalarSubqueryExpression;
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
}

/// <summary>Creates <see cref="MySqlQuerySqlGenerator"/>s.</summary>
internal sealed class MySqlQuerySqlGeneratorFactory(QuerySqlGeneratorDependencies dependencies, MySqlServer server) : IQuerySqlGeneratorFactory
{
    public QuerySqlGenerator Create() => new MySqlQuerySqlGenerator(dependencies, server);
}
