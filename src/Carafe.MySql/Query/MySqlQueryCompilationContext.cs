using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.MySql.Query;

/// <summary>Compiles a query. A connection has one reader at a time, so split queries are read one after the other.</summary>
internal sealed class MySqlQueryCompilationContext(
    QueryCompilationContextDependencies dependencies, RelationalQueryCompilationContextDependencies relationalDependencies, bool async)
    : RelationalQueryCompilationContext(dependencies, relationalDependencies, async)
{
    public override bool IsBuffering => base.IsBuffering || QuerySplittingBehavior == Microsoft.EntityFrameworkCore.QuerySplittingBehavior.SplitQuery;
}

/// <summary>Creates <see cref="MySqlQueryCompilationContext"/>s.</summary>
internal sealed class MySqlQueryCompilationContextFactory(
    QueryCompilationContextDependencies dependencies, RelationalQueryCompilationContextDependencies relationalDependencies)
    : IQueryCompilationContextFactory
{
    public QueryCompilationContext Create(bool async) => new MySqlQueryCompilationContext(dependencies, relationalDependencies, async);
}
