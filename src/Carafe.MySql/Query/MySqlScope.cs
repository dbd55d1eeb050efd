using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query;

/// <summary>Finds subqueries that refer to tables outside of themselves. An alias is used once in a query.</summary>
internal static class MySqlScope
{
    /// <summary>Returns whether a subquery or a table of FROM refers to a table outside of itself.</summary>
    public static bool RefersOutside(Expression table)
    {
        var collector = new Collector();
        collector.Visit(table);
        return !collector.Used.IsSubsetOf(collector.Defined);
    }

    /// <summary>Returns whether a subquery reads a table.</summary>
    public static bool Reads(SelectExpression select, string table)
    {
        var collector = new Collector();
        collector.Visit(select);
        return collector.Tables.Contains(table);
    }

    private sealed class Collector : ExpressionVisitor
    {
        public HashSet<string> Defined { get; } = [];

        public HashSet<string> Used { get; } = [];

        public HashSet<string> Tables { get; } = [];

        public override Expression? Visit(Expression? node)
        {
            switch (node)
            {
                case TableExpressionBase { Alias: { } alias }:
                    Defined.Add(alias);
                    Tables.Add((node as TableExpression)?.Name ?? "");
                    break;
                case ColumnExpression column:
                    Used.Add(column.TableAlias);
                    break;
            }

            return base.Visit(node);
        }
    }
}
