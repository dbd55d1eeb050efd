using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>Restores a backup into a database beside the app's, counts its rows, and drops it.</summary>
internal static class PostgresTrial
{
    // One name: what a killed process has left is dropped by the next trial. A session of its tools may still be open.
    private const string Drop = "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', @name)";
    private const string Mark = "SELECT format('COMMENT ON DATABASE %I IS %L', @name, @mark)";
    private const string Create = """
        SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', @name, pg_encoding_to_char(encoding), datcollate, datctype)
        FROM pg_database WHERE datname = current_database()
        """;

    /// <summary>Returns why the backup could only be read; null where it was restored.</summary>
    /// <exception cref="CommandException">It cannot be restored, or lacks rows.</exception>
    public static async Task<string?> RunAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        await PostgresBackup.ReadAsync(connection, file, cancellationToken);
        await using var own = await OpenAsync(connection, cancellationToken);
        var name = NameOf(connection);
        // Other replicas have one trial database with this one. The server releases the lock with the session.
        await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtext(@name))", own) { Parameters = { new("name", name) } };
        if (await take.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return $"Another process restores a backup into {name} now.";
        }

        if (await FindObstacleAsync(own, connection, cancellationToken) is { } reason)
        {
            return reason;
        }

        var trial = new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Database = name };
        await ExecuteAsync(own, Drop, connection, cancellationToken);
        await ExecuteAsync(own, Create, connection, cancellationToken);
        try
        {
            await ExecuteAsync(own, Mark, connection, cancellationToken);
            await PostgresBackup.RestoreAsync(trial, file, cancellationToken);
            await CompareAsync(trial, file, cancellationToken);
            return null;
        }
        finally
        {
            await ExecuteAsync(own, Drop, connection, CancellationToken.None);
        }
    }

    /// <summary>Returns why no backup can be tried; null where it can.</summary>
    public static async Task<string?> FindObstacleAsync(NpgsqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        await using var own = await OpenAsync(connection, cancellationToken);
        return await FindObstacleAsync(own, connection, cancellationToken);
    }

    private static async Task<string?> FindObstacleAsync(
        NpgsqlConnection own, NpgsqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        await using var right = new NpgsqlCommand("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user", own);
        if (await right.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return "The app's user may not create a database to restore it into.";
        }

        var name = NameOf(connection);
        await using var other = new NpgsqlCommand(
            "SELECT count(*) FROM pg_database WHERE datname = @name AND shobj_description(oid, 'pg_database') IS DISTINCT FROM @mark", own)
        {
            Parameters = { new("name", name), new("mark", MarkOf(connection)) },
        };
        return await other.ExecuteScalarAsync(cancellationToken) is 0L ? null : $"There is a database {name} that no trial has made. It is not touched.";
    }

    private static string NameOf(NpgsqlConnectionStringBuilder connection) =>
        connection.Database![..Math.Min(connection.Database!.Length, 63 - Database.TrialSuffix.Length)] + Database.TrialSuffix;

    // Only a database that says this is dropped. A long name may be cut to that of another database's.
    private static string MarkOf(NpgsqlConnectionStringBuilder connection) => $"Carafe restores backups of {connection.Database} here on trial, and drops it.";

    private static async Task CompareAsync(NpgsqlConnectionStringBuilder trial, string file, CancellationToken cancellationToken)
    {
        await using var restored = await OpenAsync(trial, cancellationToken);
        foreach (var (table, rows) in await PostgresBackup.CountAsync(trial, file, cancellationToken))
        {
            // COPY leaves out the rows of tables that inherit from it.
            await using var count = new NpgsqlCommand($"SELECT count(*) FROM ONLY {table}", restored) { CommandTimeout = 0 };
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
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, NpgsqlConnectionStringBuilder app, CancellationToken cancellationToken)
    {
        await using var write = new NpgsqlCommand(sql, connection) { Parameters = { new("name", NameOf(app)), new("mark", MarkOf(app)) } };
        await using var command = new NpgsqlCommand((string)(await write.ExecuteScalarAsync(cancellationToken))!, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
