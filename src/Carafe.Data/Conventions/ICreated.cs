namespace Carafe.Data;

/// <summary>A row that knows when it was made. Lists of it are usually newest first, so an index on the column and the key comes with it.</summary>
public interface ICreated
{
    /// <summary>When the row was added: UTC, microseconds, from the app's <see cref="TimeProvider"/>. Stamped when it is the default, never changed after.</summary>
    DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A row that also knows when it last changed.</summary>
public interface ITimestamped : ICreated
{
    /// <summary>When the row was added or last changed by <c>SaveChanges</c>. <c>ExecuteUpdate</c> goes past it.</summary>
    DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A row with a version: two saves from one version cannot both win, the second fails with 412. Works the same on every database and feeds ETags.</summary>
public interface IVersioned
{
    /// <summary>1 for a new row, one more with each change saved. <c>ExecuteUpdate</c> goes past it.</summary>
    int Version { get; set; }
}
