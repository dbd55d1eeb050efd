using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data;

/// <summary>One database of the app, as its provider opened it.</summary>
public abstract class Database : IAsyncDisposable
{
    /// <summary>Sets EF's provider and what belongs to it on the options of every context.</summary>
    /// <param name="options">The options.</param>
    public abstract void Configure(DbContextOptionsBuilder options);

    /// <summary>Says what an error of the database means to the caller. Null means that it is a fault of ours: 500.</summary>
    /// <param name="exception">The driver's exception.</param>
    public abstract DatabaseFault? Explain(DbException exception);

    /// <summary>Lets go of what the database holds beside its contexts. Does nothing unless overridden.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>What kind of error it is.</summary>
public enum DatabaseFaultKind
{
    /// <summary>A unique index or primary key is violated: 409.</summary>
    Unique,

    /// <summary>A foreign key is violated: 409.</summary>
    ForeignKey,

    /// <summary>The database cannot be reached or cannot take this now: 503 with Retry-After.</summary>
    Unavailable,

    /// <summary>A value that this database cannot store, such as a NUL character in PostgreSQL's text: 400.</summary>
    Value,
}

/// <summary>An error of the database, in words that hold for every database.</summary>
/// <param name="Kind">What kind.</param>
public sealed record DatabaseFault(DatabaseFaultKind Kind)
{
    /// <summary>The table, where the driver says it.</summary>
    public string? Table { get; init; }

    /// <summary>The columns of the violated index, where the driver says them.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The name of the violated index or constraint, where the driver says it.</summary>
    public string? Constraint { get; init; }
}
