using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Carafe.Json;

namespace Carafe.Data.Lists;

/// <summary>Represents a query parameter that selects rows.</summary>
internal abstract class ListFilter<TEntity>(string name, string description, Type type, Expression condition)
{
    public string Name => name;

    public string Description => description;

    public Type Type => type;

    /// <summary>Gets the condition on a row and a value, of which a check reads the columns.</summary>
    public Expression Condition => condition;

    /// <summary>Gets whether values of this type can be read from text.</summary>
    public abstract bool IsReadable { get; }

    /// <summary>Returns the condition with the caller's value; null when the text is no such value.</summary>
    public abstract Expression<Func<TEntity, bool>>? With(string text);
}

/// <summary>Represents one with values of a type.</summary>
internal sealed class ListFilter<TEntity, TValue>(
    string name, string description, ParameterExpression row, ParameterExpression value, Expression condition, JsonSerializerOptions json)
    : ListFilter<TEntity>(name, description, typeof(TValue), condition)
{
    private readonly SimpleTextReader? _reader = SimpleTextReader.For(typeof(TValue), json);

    public override bool IsReadable => _reader is not null || typeof(TValue) == typeof(string);

    public override Expression<Func<TEntity, bool>>? With(string text)
    {
        if ((_reader is null ? text : _reader.Value(text)) is not TValue given)
        {
            return null;
        }

        // A field of an object becomes a parameter of the statement, as a captured variable does; a constant would become part of its text.
        var field = Expression.Field(Expression.Constant(new StrongBox<TValue>(given)), nameof(StrongBox<TValue>.Value));
        return Expression.Lambda<Func<TEntity, bool>>(new Replacement(value, field).Visit(Condition), row);
    }

    private sealed class Replacement(ParameterExpression from, Expression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
