using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Data.Sqlite;

/// <summary>Sets up the driver's own connections when they are opened. Those of the fast layer set themselves up.</summary>
internal sealed class SqliteSetup(string pragmas, string? path) : DbConnectionInterceptor
{
    private bool _isPrivate;

    public string Pragmas => pragmas;

    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        if (IsOfTheDriver(result))
        {
            SqliteDecimals.Register((SqliteConnection)result);
        }

        return result;
    }

    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        Touch();
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Touch();
        return new(result);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => SetUp(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        SetUp(connection);
        return Task.CompletedTask;
    }

    private static bool IsOfTheDriver(DbConnection connection) => connection.GetType() == typeof(SqliteConnection);

    // SQLite gives the write-ahead log and its index the mode of the file. Where none can be made, SQLite says why when it is asked to open it.
    private void Touch()
    {
        if (!_isPrivate)
        {
            _isPrivate = path is null || PrivateFiles.Touch(path);
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "The pragmas are ours.")]
    private void SetUp(DbConnection connection)
    {
        if (!IsOfTheDriver(connection))
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }
}
