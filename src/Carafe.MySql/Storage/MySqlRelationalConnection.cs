using System.Data.Common;
using Carafe.MySql.Infrastructure;
using MySqlConnector;

namespace Carafe.MySql.Storage;

/// <summary>Opens connections, and asks the server once what it is.</summary>
internal sealed class MySqlRelationalConnection(RelationalConnectionDependencies dependencies, MySqlServer server) : RelationalConnection(dependencies)
{
    // The driver enlists its connections.
    protected override bool SupportsAmbientTransactions => true;

    protected override DbConnection CreateDbConnection() => new MySqlConnection(GetValidatedConnectionString());

    protected override void OpenDbConnection(bool errorsExpected)
    {
        base.OpenDbConnection(errorsExpected);
        if (!server.IsKnown)
        {
            server.Ask(DbConnection);
        }

        if (MustReadEscapes())
        {
            using var command = ReadEscapes();
            command.ExecuteNonQuery();
        }
    }

    protected override async Task OpenDbConnectionAsync(bool errorsExpected, CancellationToken cancellationToken)
    {
        await base.OpenDbConnectionAsync(errorsExpected, cancellationToken).ConfigureAwait(false);
        if (!server.IsKnown)
        {
            await server.AskAsync(DbConnection, cancellationToken).ConfigureAwait(false);
        }

        if (MustReadEscapes())
        {
            var command = ReadEscapes();
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // The driver doubles backslashes. Were it told not to, a text could end its literal on the next server behind the same name, or on this one after its
    // mode was changed. So the session reads them as escapes. A connection of the app's own, or one that says how it escapes, is left as it is.
    private bool MustReadEscapes() =>
        server.HasNoBackslashEscapes && DbConnection is MySqlConnection && RelationalOptions.Connection is null
        && !new MySqlConnectionStringBuilder(DbConnection.ConnectionString).NoBackslashEscapes;

    private DbCommand ReadEscapes()
    {
        var command = DbConnection.CreateCommand();
        command.CommandText = "SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_BACKSLASH_ESCAPES', '')";
        return command;
    }

    private MySqlOptionsExtension RelationalOptions => (MySqlOptionsExtension)Microsoft.EntityFrameworkCore.Infrastructure.RelationalOptionsExtension.Extract(
        Dependencies.ContextOptions);
}
