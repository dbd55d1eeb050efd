using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.Data.Queries.Compiled;

/// <summary>
/// What stays the same of a query that code composes anew for each request: everything but the values of captured variables. Those are its slots, in the
/// order of the text. The context is a parameter too, so that the shape can be compiled once.
/// </summary>
internal sealed class QueryTemplate
{
    // EF compiles queries of up to 15 parameters, and callers add some of their own.
    private const int MostSlots = 8;

    private readonly Expression[] _given;

    private QueryTemplate(Expression[] given, Expression[] parts, Opener opener) =>
        (_given, Parts, Slots, IsTimeless) = (given, parts, opener.Slots, opener.Timeless);

    public static ParameterExpression Db { get; } = Expression.Parameter(typeof(DbContext), "db");

    /// <summary>The expressions with parameters in place of captured variables, and sets of <see cref="Db"/> in place of tables.</summary>
    public IReadOnlyList<Expression> Parts { get; }

    public IReadOnlyList<ParameterExpression> Slots { get; }

    /// <summary>Whether nothing but the slots and the rows decides what is found: no clock, no chance.</summary>
    public bool IsTimeless { get; }

    /// <summary>The shape of these expressions; null where one holds something whose meaning could change from one call to the next.</summary>
    public static QueryTemplate? Of(params Expression[] given)
    {
        var opener = new Opener();
        var parts = Array.ConvertAll(given, opener.Visit)!;
        return opener.Fits && opener.Slots.Count <= MostSlots ? new QueryTemplate(Array.ConvertAll(given, new Forgetter().Visit)!, parts!, opener) : null;
    }

    /// <summary>Whether these expressions have this shape, and then what their slots hold.</summary>
    public object?[]? Match(params ReadOnlySpan<Expression> given)
    {
        if (given.Length != _given.Length)
        {
            return null;
        }

        var match = new ExpressionMatcher(Slots.Count);
        for (var i = 0; i < given.Length; i++)
        {
            if (!match.Same(_given[i], given[i]))
            {
                return null;
            }
        }

        return match.Values;
    }

    private sealed class Opener : ExpressionVisitor
    {
        private int _rows;

        public bool Fits { get; private set; } = true;

        public bool Timeless { get; private set; } = true;

        public List<ParameterExpression> Slots { get; } = [];

        public override Expression? Visit(Expression? node)
        {
            if (node is null || !Fits)
            {
                return node;
            }

            if (CapturedVariable.Is(node))
            {
                Fits = CapturedVariable.IsScalar(node.Type);
                Slots.Add(Expression.Parameter(node.Type, $"p{Slots.Count}"));
                return Slots[^1];
            }

            if (!ExpressionMatcher.Knows(node))
            {
                Fits = false;
                return node;
            }

            var (rows, slots) = (_rows, Slots.Count);
            var opened = base.Visit(node);
            // What hangs on no row EF computes here and now; compiled, it would be computed once, or not at all.
            var live = IsLive(node);
            Timeless &= !live;
            Fits &= _rows > rows || live
                || node is not (MethodCallExpression or NewExpression or MemberInitExpression or NewArrayExpression or MemberExpression);
            Fits &= _rows > rows || Slots.Count == slots || node is not (BinaryExpression or ConditionalExpression);
            return opened;
        }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            _rows++;
            return node;
        }

        protected override Expression VisitConstant(ConstantExpression node)
        {
            Fits &= node.Value is null || CapturedVariable.IsScalar(node.Type);
            return node;
        }

        protected override Expression VisitExtension(Expression node)
        {
            var root = (EntityQueryRootExpression)node;
            _rows++;
            Fits &= !root.EntityType.HasSharedClrType;
            return Expression.Call(Db, nameof(DbContext.Set), [root.ElementType]);
        }

        // EF.Functions, and the clock that EF leaves to the database.
        private static bool IsLive(Expression node) =>
            node is MemberExpression { Expression: null, Member.DeclaringType: { } type }
                && (type == typeof(EF) || type == typeof(DateTime) || type == typeof(DateTimeOffset));
    }

    /// <summary>Lets go of what the first call captured: its request and its context end with it.</summary>
    private sealed class Forgetter : ExpressionVisitor
    {
        protected override Expression VisitMember(MemberExpression node) => CapturedVariable.Is(node) ? Forget(node) : base.VisitMember(node);

        protected override Expression VisitExtension(Expression node) => ((EntityQueryRootExpression)node).DetachQueryProvider();

        private static MemberExpression Forget(MemberExpression node) =>
            node.Update(node.Expression is MemberExpression from ? Forget(from) : Expression.Constant(null, node.Expression!.Type));
    }
}
