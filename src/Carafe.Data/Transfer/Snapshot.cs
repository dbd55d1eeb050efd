using System.Data.Common;

namespace Carafe.Data.Transfer;

/// <summary>One moment of a database, for as long as it is not disposed.</summary>
internal sealed record Snapshot(DbConnection Connection, DbTransaction? Transaction, IAsyncDisposable Owner) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
