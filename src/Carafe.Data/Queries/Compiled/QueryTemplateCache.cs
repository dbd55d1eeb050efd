using System.Linq.Expressions;

namespace Carafe.Data.Queries.Compiled;

/// <summary>What was compiled for the shapes seen of one kind of query. Kept with EF's model, to which it belongs.</summary>
internal sealed class QueryTemplateCache<T>
    where T : class
{
    // Far more than an app has lists; what composes queries without end runs as any other query.
    private const int Capacity = 100;

    private readonly Lock _adding = new();
    private (QueryTemplate Shape, T Compiled)[] _seen = [];

    /// <summary>
    /// What was made for this shape, made now if it is new, with what the captured variables hold; null where the query must run as it stands.
    /// </summary>
    public (T Compiled, object?[] Captured)? Find(Func<QueryTemplate, T> make, params ReadOnlySpan<Expression> given)
    {
        if (Among(_seen, given) is { } known)
        {
            return known;
        }

        lock (_adding)
        {
            if (Among(_seen, given) is { } added)
            {
                return added;
            }

            if (_seen.Length == Capacity || QueryTemplate.Of([.. given]) is not { } shape || shape.Match(given) is not { } captured)
            {
                return null;
            }

            var compiled = make(shape);
            _seen = [.. _seen, (shape, compiled)];
            return (compiled, captured);
        }
    }

    private static (T, object?[])? Among((QueryTemplate Shape, T Compiled)[] seen, ReadOnlySpan<Expression> given)
    {
        foreach (var (shape, compiled) in seen)
        {
            if (shape.Match(given) is { } captured)
            {
                return (compiled, captured);
            }
        }

        return null;
    }
}
