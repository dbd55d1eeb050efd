using System.Data;
using System.Data.Common;
using Carafe.MySql.Infrastructure;
using MySqlConnector;

namespace Carafe.MySql.Storage;

/// <summary>Opens connections, and asks the server once what it is.</summary>
internal sealed class MySqlRelationalConnection(RelationalConnectionDependencies dependencies, MySqlServer server) : RelationalConnection(dependencies)
{
    // The driver enlists its connections.
    protected override bool SupportsAmbientTransactions => true;

    protected override DbConnection CreateDbConnection() => new MySqlConnection(Adapt(GetValidatedConnectionString()));

    protected override void OpenDbConnection(bool errorsExpected)
    {
        if (!server.IsKnown)
        {
            base.OpenDbConnection(errorsExpected);
            server.Ask(DbConnection);
            if (server.HasNoBackslashEscapes && IsOwned)
            {
                DbConnection.Close();
            }
        }

        Prepare();
        if (DbConnection.State != ConnectionState.Open)
        {
            base.OpenDbConnection(errorsExpected);
        }
    }

    protected override async Task OpenDbConnectionAsync(bool errorsExpected, CancellationToken cancellationToken)
    {
        if (!server.IsKnown)
        {
            await base.OpenDbConnectionAsync(errorsExpected, cancellationToken).ConfigureAwait(false);
            await server.AskAsync(DbConnection, cancellationToken).ConfigureAwait(false);
            if (server.HasNoBackslashEscapes && IsOwned)
            {
                await DbConnection.CloseAsync().ConfigureAwait(false);
            }
        }

        Prepare();
        if (DbConnection.State != ConnectionState.Open)
        {
            await base.OpenDbConnectionAsync(errorsExpected, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsOwned => DbConnection is MySqlConnection && ConnectionString is not null && RelationalOptions.Connection is null;

    private MySqlOptionsExtension RelationalOptions => (MySqlOptionsExtension)Microsoft.EntityFrameworkCore.Infrastructure.RelationalOptionsExtension.Extract(
        Dependencies.ContextOptions);

    // A connection that was made before the server was known.
    private void Prepare()
    {
        if (server.HasNoBackslashEscapes && IsOwned && DbConnection.State == ConnectionState.Closed)
        {
            var adapted = Adapt(GetValidatedConnectionString());
            if (DbConnection.ConnectionString != adapted)
            {
                DbConnection.ConnectionString = adapted;
            }
        }
    }

    // The driver doubles backslashes unless it is told that the server does not read them as escapes.
    private string Adapt(string connectionString) => server.HasNoBackslashEscapes
        ? new MySqlConnectionStringBuilder(connectionString) { NoBackslashEscapes = true }.ConnectionString
        : connectionString;
}
