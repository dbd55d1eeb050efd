using System.Collections.ObjectModel;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.Data.Queries.Compiled;

/// <summary>Walks two expressions side by side, and collects the captured variables of the second.</summary>
internal struct ExpressionMatcher(int slots)
{
    private int _found;
    private (ParameterExpression Known, ParameterExpression Given)[]? _names;
    private int _named;

    public object?[] Values { get; } = slots == 0 ? [] : new object?[slots];

    /// <summary>The kinds of node that <see cref="Same"/> compares; a query with another is not compiled.</summary>
    public static bool Knows(Expression node) =>
        node is ConstantExpression or ParameterExpression or MemberExpression or UnaryExpression or BinaryExpression or ConditionalExpression
        or MethodCallExpression or LambdaExpression or NewExpression or NewArrayExpression
        || node is MemberInitExpression init && init.Bindings.All(binding => binding is MemberAssignment)
        || node.GetType() == typeof(EntityQueryRootExpression);

    public bool Same(Expression? known, Expression? given)
    {
        // The same object has no captured variable in it: those are forgotten, which makes another of it.
        if (known is null || given is null || ReferenceEquals(known, given))
        {
            return known == given;
        }

        if (known.NodeType != given.NodeType || known.Type != given.Type)
        {
            return false;
        }

        return (known, given) switch
        {
            (MemberExpression a, MemberExpression b) => a.Member == b.Member
                && (CapturedVariable.Is(a) ? CapturedVariable.Is(b) && Take(a, b) : Same(a.Expression, b.Expression)),
            (ParameterExpression a, ParameterExpression b) => SameName(a, b),
            (ConstantExpression a, ConstantExpression b) => Equals(a.Value, b.Value),
            (UnaryExpression a, UnaryExpression b) => a.Method == b.Method && Same(a.Operand, b.Operand),
            (BinaryExpression a, BinaryExpression b) => a.Method == b.Method && Same(a.Left, b.Left) && Same(a.Right, b.Right)
            && Same(a.Conversion, b.Conversion),
            (ConditionalExpression a, ConditionalExpression b) => Same(a.Test, b.Test) && Same(a.IfTrue, b.IfTrue) && Same(a.IfFalse, b.IfFalse),
            (MethodCallExpression a, MethodCallExpression b) => a.Method == b.Method && Same(a.Object, b.Object) && Same(a.Arguments, b.Arguments),
            (LambdaExpression a, LambdaExpression b) => SameLambda(a, b),
            (NewExpression a, NewExpression b) => a.Constructor == b.Constructor && Same(a.Arguments, b.Arguments),
            (NewArrayExpression a, NewArrayExpression b) => Same(a.Expressions, b.Expressions),
            (MemberInitExpression a, MemberInitExpression b) => Same(a.NewExpression, b.NewExpression) && SameBindings(a, b),
            (EntityQueryRootExpression a, EntityQueryRootExpression b) => b.GetType() == typeof(EntityQueryRootExpression) && a.EntityType == b.EntityType,
            _ => false,
        };
    }

    private bool Same<T>(ReadOnlyCollection<T> known, ReadOnlyCollection<T> given)
        where T : Expression
    {
        if (known.Count != given.Count)
        {
            return false;
        }

        for (var i = 0; i < known.Count; i++)
        {
            if (!Same(known[i], given[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool SameBindings(MemberInitExpression known, MemberInitExpression given)
    {
        if (known.Bindings.Count != given.Bindings.Count)
        {
            return false;
        }

        for (var i = 0; i < known.Bindings.Count; i++)
        {
            if (known.Bindings[i].Member != given.Bindings[i].Member
                || given.Bindings[i] is not MemberAssignment assignment || !Same(((MemberAssignment)known.Bindings[i]).Expression, assignment.Expression))
            {
                return false;
            }
        }

        return true;
    }

    private bool SameLambda(LambdaExpression known, LambdaExpression given)
    {
        if (known.Parameters.Count != given.Parameters.Count)
        {
            return false;
        }

        for (var i = 0; i < known.Parameters.Count; i++)
        {
            _names ??= new (ParameterExpression, ParameterExpression)[8];
            if (_named == _names.Length)
            {
                Array.Resize(ref _names, _named * 2);
            }

            _names[_named++] = (known.Parameters[i], given.Parameters[i]);
        }

        return Same(known.Body, given.Body);
    }

    // The innermost first: a parameter may be used in two lambdas.
    private readonly bool SameName(ParameterExpression known, ParameterExpression given)
    {
        for (var i = _named - 1; i >= 0; i--)
        {
            if (_names![i].Known == known)
            {
                return _names[i].Given == given;
            }
        }

        return false;
    }

    private bool Take(MemberExpression known, MemberExpression given)
    {
        // The rest of the two chains must be the same members: what is captured under one name is not what is captured under another.
        for (Expression a = known, b = given; a is MemberExpression x; a = x.Expression!, b = ((MemberExpression)b).Expression!)
        {
            if (b is not MemberExpression y || x.Member != y.Member)
            {
                return false;
            }
        }

        return CapturedVariable.TryRead(given, out Values[_found++]);
    }
}
