using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.MySql.Query;

/// <summary>Creates <see cref="MySqlQueryTranslationPostprocessor"/>s.</summary>
internal sealed class MySqlQueryTranslationPostprocessorFactory(
    QueryTranslationPostprocessorDependencies dependencies, RelationalQueryTranslationPostprocessorDependencies relationalDependencies)
    : IQueryTranslationPostprocessorFactory
{
    public QueryTranslationPostprocessor Create(QueryCompilationContext queryCompilationContext) =>
        new MySqlQueryTranslationPostprocessor(dependencies, relationalDependencies, (RelationalQueryCompilationContext)queryCompilationContext);
}
