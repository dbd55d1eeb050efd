using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>Sets up the driver's own connections when they are opened. Those of the fast layer set themselves up.</summary>
internal sealed class SqliteSetup(string pragmas, string? path, SqliteFileWatch? watch) : DbConnectionInterceptor
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
        Prepare(connection);
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Prepare(connection);
        return new(result);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => SetUp(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        SetUp(connection);
        return Task.CompletedTask;
    }

    private static bool IsOfTheDriver(DbConnection connection) => connection.GetType() == typeof(SqliteConnection);

    private void Prepare(DbConnection connection)
    {
        // SQLite gives the write-ahead log and its index the mode of the file. Where none can be made, SQLite says why when it is asked to open it.
        if (!_isPrivate)
        {
            _isPrivate = path is null || PrivateFiles.Touch(path);
        }

        // A connection to the file that took the place of another would take the log of that one for its own, and empty it.
        if (IsOfTheDriver(connection) && watch?.IsGone() == true)
        {
            throw new SqliteException($"{path} is not the file that was opened.", SQLITE_CANTOPEN);
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
