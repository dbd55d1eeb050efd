using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;

// What EF makes of a query is marked internal by it, and its constants experimental.
#pragma warning disable EF1001, EF9100

namespace Carafe.Data.Reads;

/// <summary>Has queries run by <see cref="DirectRows{T}"/>, with the statement and the materializer that EF has made. A query that is anything but one plain statement is left to EF.</summary>
internal sealed class DirectQueries(ShapedQueryCompilingExpressionVisitorDependencies dependencies, RelationalShapedQueryCompilingExpressionVisitorDependencies relational)
    : IShapedQueryCompilingExpressionVisitorFactory
{
    public ShapedQueryCompilingExpressionVisitor Create(QueryCompilationContext queryCompilationContext) => new Compiler(dependencies, relational, queryCompilationContext);

    private sealed class Compiler(
        ShapedQueryCompilingExpressionVisitorDependencies dependencies, RelationalShapedQueryCompilingExpressionVisitorDependencies relational, QueryCompilationContext query)
        : RelationalShapedQueryCompilingExpressionVisitor(dependencies, relational, query)
    {
        protected override Expression VisitShapedQuery(ShapedQueryExpression shapedQueryExpression)
        {
            var made = base.VisitShapedQuery(shapedQueryExpression);
            if (!QueryCompilationContext.IsAsync || made is not MethodCallExpression { Method.Name: nameof(SingleQueryingEnumerable.Create) } create
                || create.Method.DeclaringType != typeof(SingleQueryingEnumerable) || create.Arguments.OfType<LambdaExpression>().Any(Free.Has))
            {
                return made;
            }

            // The arguments hold lambdas, which would be made into delegates anew for each execution: that costs more than the rest of a query by key.
            var plan = Expression.Constant(Activator.CreateInstance(typeof(ReadPlan<>).MakeGenericType(create.Method.GetGenericArguments())));
            return Expression.Condition(
                Expression.Property(plan, nameof(ReadPlan<>.IsReady)),
                Expression.Call(plan, nameof(ReadPlan<>.Rows), null, create.Arguments[0]),
                Expression.Call(plan, nameof(ReadPlan<>.Begin), null, [.. create.Arguments]));
        }
    }

    /// <summary>Finds what a lambda has from around it; what has nothing is the same for each execution.</summary>
    private sealed class Free : ExpressionVisitor
    {
        private readonly HashSet<ParameterExpression> _own = [];
        private bool _found;

        public static bool Has(LambdaExpression lambda)
        {
            var visitor = new Free();
            visitor.Visit(lambda);
            return visitor._found;
        }

        protected override Expression VisitLambda<T>(Expression<T> node)
        {
            _own.UnionWith(node.Parameters);
            return base.VisitLambda(node);
        }

        protected override Expression VisitBlock(BlockExpression node)
        {
            _own.UnionWith(node.Variables);
            return base.VisitBlock(node);
        }

        protected override CatchBlock VisitCatchBlock(CatchBlock node)
        {
            if (node.Variable is { } variable)
            {
                _own.Add(variable);
            }

            return base.VisitCatchBlock(node);
        }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            _found |= !_own.Contains(node);
            return node;
        }

        // A constant that EF puts in later; what it is made from is not part of the query.
        protected override Expression VisitExtension(Expression node) => node is LiftableConstantExpression ? node : base.VisitExtension(node);
    }
}
