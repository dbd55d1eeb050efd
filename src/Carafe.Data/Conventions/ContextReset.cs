using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Conventions;

/// <summary>
/// Restores the connection of a context before it returns to the pool. EF Core closes the connection, but does not notify interceptors, keeps the count
/// of who opened it, and leaves another connection string or another connection to the next request.
/// </summary>
internal sealed class ContextReset(IRelationalConnection connection, IDbContextOptions options) : IResettableService
{
    // How often one request opens a connection and does not close it.
    private const int MostOpened = 100;

    private DbConnection? _own;

    public void ResetState()
    {
        connection.CurrentTransaction?.Dispose();
        for (var opened = 0; opened < MostOpened && connection.DbConnection.State != ConnectionState.Closed && !connection.Close(); opened++)
        {
        }

        Restore();
    }

    public async Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        if (connection.CurrentTransaction is { } transaction)
        {
            await transaction.DisposeAsync();
        }

        for (var opened = 0; opened < MostOpened && connection.DbConnection.State != ConnectionState.Closed && !await connection.CloseAsync(); opened++)
        {
        }

        Restore();
    }

    private void Restore()
    {
        (connection as IResettableService)?.ResetState();
        var now = connection.DbConnection;
        var isOther = _own is not null && now != _own;
        if (isOther || (options.FindExtension<ConventionsExtension>()?.Database.ConnectionString is { } own && now.ConnectionString != own))
        {
            connection.SetDbConnection(null, contextOwnsConnection: true);
            connection.ConnectionString = RelationalOptionsExtension.Extract(options).ConnectionString;
        }

        _own = connection.DbConnection;
    }
}
