using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.MySql.Query;

/// <summary>Changes queries behind their translation.</summary>
internal sealed class MySqlQueryTranslationPostprocessor(
    QueryTranslationPostprocessorDependencies dependencies, RelationalQueryTranslationPostprocessorDependencies relationalDependencies,
    RelationalQueryCompilationContext queryCompilationContext)
    : RelationalQueryTranslationPostprocessor(dependencies, relationalDependencies, queryCompilationContext)
{
    protected override Expression ProcessTypeMappings(Expression expression) =>
        new MySqlTypeMappingPostprocessor(Dependencies, RelationalDependencies, RelationalQueryCompilationContext).Process(expression);
}
