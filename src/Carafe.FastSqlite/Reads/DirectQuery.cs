using System.Data.Common;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.FastSqlite.Reads;

/// <summary>Keeps what EF Core has made of one query, from its first execution on.</summary>
internal sealed class DirectQuery<T>
{
    private Parts? _parts;
    private IRelationalCommandTemplate? _template;

    public bool IsReady => _parts is not null;

    public Func<QueryContext, DbDataReader, ResultContext, SingleQueryResultCoordinator, T> Shaper => _parts!.Shaper;

    public Type ContextType => _parts!.ContextType;

    public bool StandAloneStateManager => _parts!.StandAloneStateManager;

    public bool ThreadSafetyChecksEnabled => _parts!.ThreadSafetyChecksEnabled;

    public DirectRows<T> Rows(RelationalQueryContext relationalQueryContext) => new(relationalQueryContext, this);

    /// <summary>Keeps the parts of the query. The parameters are those of <see cref="SingleQueryingEnumerable.Create"/>.</summary>
    public DirectRows<T> Begin(
        RelationalQueryContext relationalQueryContext,
        RelationalCommandResolver relationalCommandResolver,
        IReadOnlyList<ReaderColumn?>? readerColumns,
        Func<QueryContext, DbDataReader, ResultContext, SingleQueryResultCoordinator, T> shaper,
        Type contextType,
        bool standAloneStateManager,
        bool detailedErrorsEnabled,
        bool threadSafetyChecksEnabled)
    {
        _parts ??= new Parts(
            relationalCommandResolver, readerColumns, shaper, contextType, standAloneStateManager, detailedErrorsEnabled, threadSafetyChecksEnabled);
        return new(relationalQueryContext, this);
    }

    /// <summary>Returns the same rows as EF Core reads them.</summary>
    public SingleQueryingEnumerable<T> ByEf(RelationalQueryContext context)
    {
        var parts = _parts!;
        return SingleQueryingEnumerable.Create(
            context, parts.CommandResolver, parts.ReaderColumns, parts.Shaper, parts.ContextType, parts.StandAloneStateManager,
            parts.DetailedErrorsEnabled, parts.ThreadSafetyChecksEnabled);
    }

    /// <summary>Returns whether the statement alone decides on the rows: no interceptor, log, trace, transaction, retry or buffer.</summary>
    public bool IsFree(RelationalQueryContext context) =>
        _parts!.ReaderColumns is null
        && context.Connection.CurrentTransaction is null
        && context.ExecutionStrategy is NonRetryingExecutionStrategy
        && !QueryListeners.AreThere(context.CommandLogger);

    /// <summary>
    /// Finds the statement for these values. EF Core keeps one for each pattern of nulls; the one without nulls is kept here, where it is found sooner.
    /// </summary>
    public IRelationalCommandTemplate Template(Dictionary<string, object?> values)
    {
        var isPlain = IsPlain(values);
        if (isPlain && _template is { } known)
        {
            return known;
        }

        var resolver = _parts!.CommandResolver;
        var found = resolver(values);
        // A text that depends on the values themselves is made again each time.
        if (isPlain && ReferenceEquals(found, resolver(values)))
        {
            _template = found;
        }

        return found;
    }

    // What a list holds can decide the text.
    private static bool IsPlain(Dictionary<string, object?> values)
    {
        foreach (var value in values.Values)
        {
            if (value is not (string or ValueType or byte[]))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Parts(
        RelationalCommandResolver CommandResolver,
        IReadOnlyList<ReaderColumn?>? ReaderColumns,
        Func<QueryContext, DbDataReader, ResultContext, SingleQueryResultCoordinator, T> Shaper,
        Type ContextType,
        bool StandAloneStateManager,
        bool DetailedErrorsEnabled,
        bool ThreadSafetyChecksEnabled);
}
