using System.Data.Common;
using Carafe.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics.Internal;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using Microsoft.EntityFrameworkCore.Storage;

// What EF makes of a query is marked internal by it.
#pragma warning disable EF1001

namespace Carafe.Data.Reads;

/// <summary>What EF has made of one query, kept from its first execution on.</summary>
internal sealed class ReadPlan<T>
{
    private Parts? _parts;
    private IRelationalCommandTemplate? _template;
    private string? _checked;

    public bool IsReady => _parts is not null;

    public bool ChecksThreads => _parts!.ChecksThreads;

    public bool StandsAlone => _parts!.StandsAlone;

    public Type ContextType => _parts!.ContextType;

    public Func<QueryContext, DbDataReader, ResultContext, SingleQueryResultCoordinator, T> Shaper => _parts!.Shaper;

    public DirectRows<T> Rows(RelationalQueryContext context) => new(context, this);

    public DirectRows<T> Begin(
        RelationalQueryContext context,
        RelationalCommandResolver resolver,
        IReadOnlyList<ReaderColumn?>? columns,
        Func<QueryContext, DbDataReader, ResultContext, SingleQueryResultCoordinator, T> shaper,
        Type contextType,
        bool standsAlone,
        bool detailsErrors,
        bool checksThreads)
    {
        _parts ??= new Parts(resolver, columns, shaper, contextType, standsAlone, detailsErrors, checksThreads);
        return new(context, this);
    }

    /// <summary>The same query as EF would run it.</summary>
    public SingleQueryingEnumerable<T> ByEf(RelationalQueryContext context)
    {
        var parts = _parts!;
        return SingleQueryingEnumerable.Create(context, parts.Resolver, parts.Columns, parts.Shaper, parts.ContextType, parts.StandsAlone, parts.DetailsErrors, parts.ChecksThreads);
    }

    /// <summary>Whether nobody has a say in the command or wants it logged, and any connection will do.</summary>
    public bool IsFree(RelationalQueryContext context)
    {
        var logger = context.CommandLogger;
        return _parts!.Columns is null && context.Connection is { CurrentTransaction: null, DbConnection: ContextConnection { IsLikeOthers: true, Observers: not null } }
            && !logger.Logger.IsEnabled(LogLevel.Information) && !logger.DiagnosticSource.IsEnabled(RelationalEventId.CommandExecuting.Name!) && logger.DbContextLogger is NullDbContextLogger;
    }

    /// <summary>The statement for these values. EF keeps one for each pattern of nulls; the one without is kept here, where it is found sooner.</summary>
    public IRelationalCommandTemplate Template(Dictionary<string, object?> values)
    {
        var plain = values.Values.All(IsPlain);
        if (plain && _template is { } known)
        {
            return known;
        }

        var found = _parts!.Resolver(values);
        if (plain && ReferenceEquals(found, _parts.Resolver(values)))
        {
            _template = found;
        }

        return found;
    }

    /// <summary>Whether the statement says the same on any connection. Raw SQL in it can ask for what its own did last.</summary>
    public bool RunsAnywhere(string text)
    {
        if (ReferenceEquals(text, _checked))
        {
            return true;
        }

        if (!StatementText.RunsAnywhere(text))
        {
            return false;
        }

        _checked = text;
        return true;
    }

    // The text can depend on what a list holds; it then is made anew each time.
    private static bool IsPlain(object? value) => value is string or ValueType or byte[];

    private sealed record Parts(
        RelationalCommandResolver Resolver,
        IReadOnlyList<ReaderColumn?>? Columns,
        Func<QueryContext, DbDataReader, ResultContext, SingleQueryResultCoordinator, T> Shaper,
        Type ContextType,
        bool StandsAlone,
        bool DetailsErrors,
        bool ChecksThreads);
}
