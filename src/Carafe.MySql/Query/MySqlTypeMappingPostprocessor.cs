using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query;

/// <summary>Gives a list that is sent as one JSON document the type of what its elements are compared with.</summary>
internal sealed class MySqlTypeMappingPostprocessor(
    QueryTranslationPostprocessorDependencies dependencies, RelationalQueryTranslationPostprocessorDependencies relationalDependencies,
    RelationalQueryCompilationContext queryCompilationContext)
    : RelationalTypeMappingPostprocessor(dependencies, relationalDependencies, queryCompilationContext)
{
    private readonly IRelationalTypeMappingSource _types = relationalDependencies.TypeMappingSource;
    private readonly Microsoft.EntityFrameworkCore.Metadata.IModel _model = queryCompilationContext.Model;

    protected override Expression VisitExtension(Expression extensionExpression) =>
        extensionExpression is MySqlJsonTableExpression { Arguments: [SqlParameterExpression { TypeMapping: null } list] } table
        && TryGetInferredTypeMapping(table.Alias, MySqlJsonTableExpression.Value, out var element)
            ? new MySqlJsonTableExpression(
                table.Alias,
                list.ApplyTypeMapping(
                    (MySqlJsonTableExpression.IsReadable(element) ? _types.FindMapping(list.Type, _model, element) : null)
                    ?? throw new InvalidOperationException($"A list of {element.ClrType.Name} cannot be queried as JSON on MariaDB and MySQL.")),
                table.Path, [new(MySqlJsonTableExpression.Value, element, null)])
            : base.VisitExtension(extensionExpression);
}
