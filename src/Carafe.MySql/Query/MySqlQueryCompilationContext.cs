using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.MySql.Query;

/// <summary>Compiles a query. A connection has one reader at a time, so split queries are read one after the other.</summary>
internal sealed class MySqlQueryCompilationContext : RelationalQueryCompilationContext
{
    public MySqlQueryCompilationContext(
        QueryCompilationContextDependencies dependencies, RelationalQueryCompilationContextDependencies relationalDependencies, bool async)
        : base(dependencies, relationalDependencies, async)
    {
    }

    [Experimental("EF9100")]
    public MySqlQueryCompilationContext(
        QueryCompilationContextDependencies dependencies, RelationalQueryCompilationContextDependencies relationalDependencies, bool async, bool precompiling)
        : base(dependencies, relationalDependencies, async, precompiling)
    {
    }

    public override bool SupportsPrecompiledQuery => true;

    public override bool IsBuffering => base.IsBuffering || QuerySplittingBehavior == Microsoft.EntityFrameworkCore.QuerySplittingBehavior.SplitQuery;
}

/// <summary>Creates <see cref="MySqlQueryCompilationContext"/>s.</summary>
internal sealed class MySqlQueryCompilationContextFactory(
    QueryCompilationContextDependencies dependencies, RelationalQueryCompilationContextDependencies relationalDependencies)
    : IQueryCompilationContextFactory
{
    public QueryCompilationContext Create(bool async) => new MySqlQueryCompilationContext(dependencies, relationalDependencies, async);

    [Experimental("EF9100")]
    public QueryCompilationContext CreatePrecompiled(bool async) =>
        new MySqlQueryCompilationContext(dependencies, relationalDependencies, async, precompiling: true);
}
