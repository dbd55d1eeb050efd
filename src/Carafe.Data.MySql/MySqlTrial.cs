using System.Globalization;
using System.Text;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Restores a backup into a database beside the app's, counts its rows, and drops it.</summary>
internal static class MySqlTrial
{
    // Only a database that has this table is dropped.
    private const string Mark = "__carafe_trial";
    private const string Insert = "INSERT INTO `";

    // A right to create that name, in general or by a pattern. One that a role brings is not seen.
    private const string Right = """
        SELECT EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE privilege_type = 'CREATE' AND grantee = @me)
            OR EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE privilege_type = 'CREATE' AND grantee = @me AND @name LIKE table_schema)
        """;
    private const string Other = $"""
        SELECT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = @name)
            AND NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = @name AND table_name = '{Mark}')
        """;

    /// <summary>Returns why the backup could only be read; null where it was restored.</summary>
    /// <exception cref="CommandException">It cannot be restored, or lacks rows.</exception>
    public static async Task<string?> RunAsync(MySqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        await MySqlBackup.ReadAsync(file, cancellationToken);
        // One name: what a killed process has left is dropped by the next trial.
        var name = MySqlBackup.Cut(connection.Database, Database.TrialSuffix);
        await using var open = await OpenAsync(connection, cancellationToken);
        // Other replicas have one trial database with this one. The server releases the lock with the session.
        if (!await IsTrueAsync(open, "SELECT GET_LOCK(@name, 0)", name, cancellationToken))
        {
            return $"Another process restores a backup into {name} now.";
        }

        if (await FindObstacleAsync(open, name, cancellationToken) is { } reason)
        {
            return reason;
        }

        await MySqlBackup.ExecuteAsync(open, $"DROP DATABASE IF EXISTS `{name}`", cancellationToken);
        await MySqlBackup.ExecuteAsync(open, $"CREATE DATABASE `{name}` CHARACTER SET utf8mb4", cancellationToken);
        try
        {
            await MySqlBackup.ExecuteAsync(open, $"CREATE TABLE `{name}`.`{Mark}` (id int PRIMARY KEY)", cancellationToken);
            await MySqlBackup.LoadAsync(connection, name, file, cancellationToken);
            foreach (var (table, rows) in await CountAsync(File.ReadLinesAsync(file, Encoding.UTF8, cancellationToken)))
            {
                await using var count = new MySqlCommand($"SELECT COUNT(*) FROM `{name}`.`{table}`", open) { CommandTimeout = 0 };
                if (await count.ExecuteScalarAsync(cancellationToken) is not long found || found != rows)
                {
                    throw new CommandException($"{file} does not restore all {rows} rows of {table}.");
                }
            }

            return null;
        }
        finally
        {
            await MySqlBackup.ExecuteAsync(open, $"DROP DATABASE IF EXISTS `{name}`", CancellationToken.None);
        }
    }

    /// <summary>Returns why no backup can be tried; null where it can.</summary>
    public static async Task<string?> FindObstacleAsync(MySqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        await using var open = await OpenAsync(connection, cancellationToken);
        return await FindObstacleAsync(open, MySqlBackup.Cut(connection.Database, Database.TrialSuffix), cancellationToken);
    }

    private static async Task<string?> FindObstacleAsync(MySqlConnection open, string name, CancellationToken cancellationToken)
    {
        await using var who = new MySqlCommand("SELECT CURRENT_USER()", open);
        var user = (string)(await who.ExecuteScalarAsync(cancellationToken))!;
        var at = user.LastIndexOf('@');
        var me = new MySqlParameter("@me", $"'{user[..at]}'@'{user[(at + 1)..]}'");
        return !await IsTrueAsync(open, Right, name, cancellationToken, me) ? "The app's user may not create a database to restore it into."
            : await IsTrueAsync(open, Other, name, cancellationToken) ? $"There is a database {name} that no trial has made. It is not touched."
            : null;
    }

    private static async Task<bool> IsTrueAsync(
        MySqlConnection open, string sql, string name, CancellationToken cancellationToken, params MySqlParameter[] others)
    {
        await using var command = new MySqlCommand(sql, open);
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddRange(others);
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull && Convert.ToInt64(value, CultureInfo.InvariantCulture) == 1;
    }

    private static async Task<MySqlConnection> OpenAsync(MySqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        var open = new MySqlConnection(new MySqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString);
        await open.OpenAsync(cancellationToken);
        return open;
    }

    // A statement has many rows, and a line break is never inside a value.
    internal static async Task<Dictionary<string, long>> CountAsync(IAsyncEnumerable<string> lines)
    {
        var (rows, table) = (new Dictionary<string, long>(), "");
        await foreach (var line in lines)
        {
            var values = 0;
            // Names of columns may stand before the values. A line of a trigger may have none.
            if (table.Length == 0 && line.StartsWith(Insert, StringComparison.Ordinal)
                && line.IndexOf(" VALUES", StringComparison.Ordinal) is var at and > 0)
            {
                (table, values) = (line[Insert.Length..line.IndexOf('`', Insert.Length)], at);
            }

            if (table.Length > 0)
            {
                rows[table] = rows.GetValueOrDefault(table) + Rows(line.AsSpan(values));
                table = line.EndsWith(';') ? "" : table;
            }
        }

        return rows;
    }

    private static int Rows(ReadOnlySpan<char> line)
    {
        var (rows, depth, quoted) = (0, 0, false);
        for (var at = 0; at < line.Length; at++)
        {
            switch (line[at])
            {
                case '\\' when quoted:
                    at++;
                    break;
                case '\'':
                    quoted = !quoted;
                    break;
                case '(' when !quoted:
                    rows += depth++ == 0 ? 1 : 0;
                    break;
                case ')' when !quoted:
                    depth--;
                    break;
            }
        }

        return rows;
    }
}
