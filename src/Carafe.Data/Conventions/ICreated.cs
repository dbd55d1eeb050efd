namespace Carafe.Data;

/// <summary>Marks a row with a creation time. Lists of it are usually newest first, so it gets an index on the column and the key.</summary>
public interface ICreated
{
    /// <summary>
    /// Gets or sets when the row was added: UTC, microseconds, from the app's <see cref="TimeProvider"/>. Stamped when it is the default, never changed
    /// after.
    /// </summary>
    DateTimeOffset CreatedAt { get; set; }
}

/// <summary>Marks a row that also has the time of its last change.</summary>
public interface ITimestamped : ICreated
{
    /// <summary>Gets or sets when the row was added or last changed by <c>SaveChanges</c>. <c>ExecuteUpdate</c> bypasses it.</summary>
    DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>
/// Marks a row with a version: of two saves from one version the second fails with 412. It works the same on every database and feeds ETags.
/// </summary>
public interface IVersioned
{
    /// <summary>Gets or sets the version: 1 for a new row, one more with each saved change. <c>ExecuteUpdate</c> bypasses it.</summary>
    int Version { get; set; }
}
