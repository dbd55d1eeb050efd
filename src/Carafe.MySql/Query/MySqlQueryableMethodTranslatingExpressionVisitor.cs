using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query;

/// <summary>Translates the operators of LINQ.</summary>
internal sealed partial class MySqlQueryableMethodTranslatingExpressionVisitor : RelationalQueryableMethodTranslatingExpressionVisitor
{
    private readonly IRelationalTypeMappingSource _types;
    private readonly SqlAliasManager _aliases;
    private readonly ISqlExpressionFactory _sql;

    public MySqlQueryableMethodTranslatingExpressionVisitor(
        QueryableMethodTranslatingExpressionVisitorDependencies dependencies,
        RelationalQueryableMethodTranslatingExpressionVisitorDependencies relationalDependencies, RelationalQueryCompilationContext queryCompilationContext)
        : base(dependencies, relationalDependencies, queryCompilationContext)
    {
        (_types, _aliases, _sql) = (
            relationalDependencies.TypeMappingSource, queryCompilationContext.SqlAliasManager, relationalDependencies.SqlExpressionFactory);
    }

    private MySqlQueryableMethodTranslatingExpressionVisitor(MySqlQueryableMethodTranslatingExpressionVisitor parent)
        : base(parent)
    {
        (_types, _aliases, _sql) = (parent._types, parent._aliases, parent._sql);
    }

    protected override QueryableMethodTranslatingExpressionVisitor CreateSubqueryVisitor() => new MySqlQueryableMethodTranslatingExpressionVisitor(this);

    // Both statements take joins of any kind.
    protected override bool IsValidSelectExpressionForExecuteDelete(SelectExpression selectExpression) => IsValid(selectExpression);

    protected override bool IsValidSelectExpressionForExecuteUpdate(
        SelectExpression selectExpression, TableExpressionBase targetTable, [NotNullWhen(true)] out TableExpression? tableExpression)
    {
        tableExpression = IsValid(selectExpression) ? (targetTable as JoinExpressionBase)?.Table as TableExpression ?? targetTable as TableExpression : null;
        return tableExpression is not null;
    }

    private static bool IsValid(SelectExpression select) =>
        select is { Orderings: [], Offset: null, Limit: null, GroupBy: [], Having: null, IsDistinct: false }
        && select.Tables.All(table => ((table as JoinExpressionBase)?.Table ?? table) is not SetOperationBase);
}

/// <summary>Creates <see cref="MySqlQueryableMethodTranslatingExpressionVisitor"/>s.</summary>
internal sealed class MySqlQueryableMethodTranslatingExpressionVisitorFactory(
    QueryableMethodTranslatingExpressionVisitorDependencies dependencies,
    RelationalQueryableMethodTranslatingExpressionVisitorDependencies relationalDependencies) : IQueryableMethodTranslatingExpressionVisitorFactory
{
    public QueryableMethodTranslatingExpressionVisitor Create(QueryCompilationContext queryCompilationContext) =>
        new MySqlQueryableMethodTranslatingExpressionVisitor(dependencies, relationalDependencies, (RelationalQueryCompilationContext)queryCompilationContext);
}
