using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;

namespace Carafe.FastSqlite.Reads;

/// <summary>
/// Has asynchronous queries read by <see cref="DirectRows{T}"/>, with the statement and the materializer that EF Core has made. What is not exactly one plain
/// statement is left to EF Core.
/// </summary>
internal sealed class DirectQueryVisitorFactory(
    ShapedQueryCompilingExpressionVisitorDependencies dependencies, RelationalShapedQueryCompilingExpressionVisitorDependencies relationalDependencies)
    : RelationalShapedQueryCompilingExpressionVisitorFactory(dependencies, relationalDependencies)
{
    private static readonly MethodInfo? _create = FindCreate();

    /// <summary>Gets whether EF Core makes a query of the parts that are expected here.</summary>
    public static bool IsShapeKnown => _create is not null;

    public override ShapedQueryCompilingExpressionVisitor Create(QueryCompilationContext queryCompilationContext) =>
        queryCompilationContext is { IsAsync: true, IsPrecompiling: false }
            ? new Visitor(Dependencies, RelationalDependencies, queryCompilationContext)
            : base.Create(queryCompilationContext);

    // Its parameters have the names and the types of those of DirectQuery.Begin, one by one.
    private static MethodInfo? FindCreate() =>
        typeof(SingleQueryingEnumerable).GetMethods().SingleOrDefault(
            method => method is { Name: nameof(SingleQueryingEnumerable.Create), IsGenericMethodDefinition: true }
                && Parameters(method.MakeGenericMethod(typeof(object)))
                    .SequenceEqual(Parameters(typeof(DirectQuery<object>).GetMethod(nameof(DirectQuery<>.Begin))!)));

    private static IEnumerable<(string? Name, Type Type)> Parameters(MethodInfo method) =>
        method.GetParameters().Select(parameter => (parameter.Name, parameter.ParameterType));

    private sealed class Visitor(
        ShapedQueryCompilingExpressionVisitorDependencies dependencies,
        RelationalShapedQueryCompilingExpressionVisitorDependencies relationalDependencies,
        QueryCompilationContext queryCompilationContext)
        : RelationalShapedQueryCompilingExpressionVisitor(dependencies, relationalDependencies, queryCompilationContext)
    {
        protected override Expression VisitShapedQuery(ShapedQueryExpression shapedQueryExpression)
        {
            var made = base.VisitShapedQuery(shapedQueryExpression);
            if (made is not MethodCallExpression { Method.IsGenericMethod: true } create || create.Method.GetGenericMethodDefinition() != _create
                || create.Arguments.OfType<LambdaExpression>().Any(FreeVariableFinder.Has))
            {
                return made;
            }

            // The arguments hold lambdas. Making them delegates at each execution costs more than the rest of a query by key.
            var query = Expression.Constant(Activator.CreateInstance(typeof(DirectQuery<>).MakeGenericType(create.Method.GetGenericArguments())));
            return Expression.Condition(
                Expression.Property(query, nameof(DirectQuery<>.IsReady)),
                Expression.Call(query, nameof(DirectQuery<>.Rows), null, create.Arguments[0]),
                Expression.Call(query, nameof(DirectQuery<>.Begin), null, [.. create.Arguments]));
        }
    }
}
