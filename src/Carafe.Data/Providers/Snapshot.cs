using System.Data.Common;

namespace Carafe.Data.Providers;

/// <summary>Holds one moment of a database until it is disposed.</summary>
internal sealed record Snapshot(DbConnection Connection, DbTransaction? Transaction, IAsyncDisposable Owner) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
