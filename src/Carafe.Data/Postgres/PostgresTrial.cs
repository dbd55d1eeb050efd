using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>Restores a backup into a database beside the app's, counts its rows, and drops it.</summary>
internal static class PostgresTrial
{
    // One name: what a killed process has left is dropped by the next trial.
    private const string End = "_carafe_trial";
    private const string Drop = "SELECT format('DROP DATABASE IF EXISTS %I', @name)";
    private const string Create = """
        SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', @name, pg_encoding_to_char(encoding), datcollate, datctype)
        FROM pg_database WHERE datname = current_database()
        """;

    /// <summary>Returns why the backup could only be read; null where it was restored.</summary>
    /// <exception cref="CommandException">It cannot be restored, or lacks rows.</exception>
    public static async Task<string?> RunAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        await PostgresBackup.ReadAsync(connection, file, cancellationToken);
        if (await HindranceAsync(connection, cancellationToken) is { } reason)
        {
            return reason;
        }

        await using var own = await OpenAsync(connection, cancellationToken);
        var name = connection.Database![..Math.Min(connection.Database!.Length, 63 - End.Length)] + End;
        var trial = new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Database = name };
        await ExecuteAsync(own, Drop, name, cancellationToken);
        await ExecuteAsync(own, Create, name, cancellationToken);
        try
        {
            await PostgresBackup.RestoreAsync(trial, file, cancellationToken);
            await CompareAsync(trial, file, cancellationToken);
            return null;
        }
        finally
        {
            await ExecuteAsync(own, Drop, name, CancellationToken.None);
        }
    }

    /// <summary>Returns why no backup can be tried; null where it can.</summary>
    public static async Task<string?> HindranceAsync(NpgsqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        await using var own = await OpenAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user", own);
        return await command.ExecuteScalarAsync(cancellationToken) is true ? null : "The app's user may not create a database to restore it into.";
    }

    private static async Task CompareAsync(NpgsqlConnectionStringBuilder trial, string file, CancellationToken cancellationToken)
    {
        await using var restored = await OpenAsync(trial, cancellationToken);
        foreach (var (table, rows) in await PostgresBackup.CountAsync(trial, file, cancellationToken))
        {
            await using var count = new NpgsqlCommand($"SELECT count(*) FROM {table}", restored) { CommandTimeout = 0 };
            if (await count.ExecuteScalarAsync(cancellationToken) is not long found || found != rows)
            {
                throw new CommandException($"{file} does not restore all {rows} rows of {table}.");
            }
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString);
        await open.OpenAsync(cancellationToken);
        return open;
    }

    // The first statement writes the second, with the name as the server quotes it.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var write = new NpgsqlCommand(sql, connection) { Parameters = { new("name", name) } };
        await using var command = new NpgsqlCommand((string)(await write.ExecuteScalarAsync(cancellationToken))!, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
