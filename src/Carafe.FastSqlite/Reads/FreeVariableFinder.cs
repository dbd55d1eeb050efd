using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;

// EF Core marks the constants of a compiled query experimental.
#pragma warning disable EF9100

namespace Carafe.FastSqlite.Reads;

/// <summary>Finds whether a lambda uses variables from around it. One that uses none is the same at each execution.</summary>
internal sealed class FreeVariableFinder : ExpressionVisitor
{
    private readonly HashSet<ParameterExpression> _own = [];
    private bool _found;

    public static bool Has(LambdaExpression lambda)
    {
        var visitor = new FreeVariableFinder();
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

    // EF Core puts a constant in its place; what that is made from is no part of the query.
    protected override Expression VisitExtension(Expression node) => node is LiftableConstantExpression ? node : base.VisitExtension(node);
}
