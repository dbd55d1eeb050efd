using System.Data.Common;
using System.Diagnostics;
using Carafe.FastSqlite.Connections;
using Carafe.FastSqlite.Pooling;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.FastSqlite.Extension;

/// <summary>A context's connection as EF Core sees it. It is a routing one where the database can be shared, and EF Core's own elsewhere.</summary>
internal sealed class FastRelationalConnection(
    RelationalConnectionDependencies dependencies, IRawSqlCommandBuilder rawSqlCommandBuilder, IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
    : SqliteRelationalConnection(dependencies, rawSqlCommandBuilder, logger)
{
    private readonly SqliteOptionsExtension? _sqlite = dependencies.ContextOptions.FindExtension<SqliteOptionsExtension>();
    private readonly FastSqliteOptionsExtension? _fast = dependencies.ContextOptions.FindExtension<FastSqliteOptionsExtension>();
    private RoutingSqliteConnection? _made;

    protected override DbConnection CreateDbConnection()
    {
        if (_fast is null || _sqlite is not { LoadSpatialite: false } || LayerSwitch.Objection(Dependencies.ContextOptions) is not null)
        {
            return base.CreateDbConnection();
        }

        var options = _fast.Options(Dependencies.ContextOptions.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider);
        var text = GetValidatedConnectionString();
        if (options.Find(text) is not { } database)
        {
            return base.CreateDbConnection();
        }

        // Functions that EF Core translates to are the same for every connection.
        database.Functions ??= Functions(options);
        _made = new RoutingSqliteConnection(options, text);
        if (_sqlite.CommandTimeout is { } timeout)
        {
            _made.DefaultTimeout = timeout;
        }

        return _made;
    }

    private ConnectionFields Functions(FastSqliteOptions options)
    {
        using var connection = (SqliteConnection)base.CreateDbConnection();
        options.DefineFunctions?.Invoke(connection);
        return ConnectionFields.Take(connection);
    }

    protected override void ResetState(bool disposeDbConnection)
    {
        base.ResetState(disposeDbConnection);
        Restore(disposeDbConnection);
    }

    protected override async ValueTask ResetStateAsync(bool disposeDbConnection)
    {
        await base.ResetStateAsync(disposeDbConnection);
        if (!disposeDbConnection)
        {
            // EF Core's asynchronous way leaves the count of who opened the connection to the next one who gets the context.
            base.ResetState(disposeDbConnection);
        }

        Restore(disposeDbConnection);
    }

    private void Restore(bool disposed)
    {
        // A connection that the app has set is the app's.
        if (disposed || _made is not { } made || DbConnection != made)
        {
            return;
        }

        made.Forget();
        if (_sqlite?.ConnectionString is { } own && made.ConnectionString != own)
        {
            ConnectionString = own;
        }

        Debug.Assert(made.IsClean, "A context came back to the pool with a transaction, an open read or settings of its own.");
    }
}
