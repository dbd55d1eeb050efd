using System.Text;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Restores a backup into a database beside the app's, counts its rows, and drops it.</summary>
internal static class MySqlTrial
{
    // One name: what a killed process has left is dropped by the next trial.
    private const string End = "_carafe_trial";
    private const string Insert = "INSERT INTO `";

    // A right to create that name, in general or by a pattern. One that a role brings is not seen.
    private const string Right = """
        SELECT EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE privilege_type = 'CREATE' AND grantee = @me)
            OR EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE privilege_type = 'CREATE' AND grantee = @me AND @name LIKE table_schema)
        """;

    /// <summary>Returns why the backup could only be read; null where it was restored.</summary>
    /// <exception cref="CommandException">It cannot be restored, or lacks rows.</exception>
    public static async Task<string?> RunAsync(MySqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        await MySqlBackup.ReadAsync(file, cancellationToken);
        if (await HindranceAsync(connection, cancellationToken) is { } reason)
        {
            return reason;
        }

        var name = MySqlBackup.Cut(connection.Database, End);
        await using var open = await OpenAsync(connection, cancellationToken);
        await MySqlBackup.ExecuteAsync(open, $"DROP DATABASE IF EXISTS `{name}`", cancellationToken);
        await MySqlBackup.ExecuteAsync(open, $"CREATE DATABASE `{name}` CHARACTER SET utf8mb4", cancellationToken);
        try
        {
            await MySqlBackup.LoadAsync(connection, name, file, cancellationToken);
            foreach (var (table, rows) in await CountAsync(file, cancellationToken))
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
    public static async Task<string?> HindranceAsync(MySqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        await using var open = await OpenAsync(connection, cancellationToken);
        await using var who = new MySqlCommand("SELECT CURRENT_USER()", open);
        var user = (string)(await who.ExecuteScalarAsync(cancellationToken))!;
        var at = user.LastIndexOf('@');
        await using var command = new MySqlCommand(Right, open);
        command.Parameters.AddWithValue("@me", $"'{user[..at]}'@'{user[(at + 1)..]}'");
        command.Parameters.AddWithValue("@name", MySqlBackup.Cut(connection.Database, End));
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) == 1
            ? null : "The app's user may not create a database to restore it into.";
    }

    private static async Task<MySqlConnection> OpenAsync(MySqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        var open = new MySqlConnection(new MySqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString);
        await open.OpenAsync(cancellationToken);
        return open;
    }

    // A statement has many rows, and a line break is never inside a value.
    private static async Task<Dictionary<string, long>> CountAsync(string file, CancellationToken cancellationToken)
    {
        var (rows, table) = (new Dictionary<string, long>(), "");
        await foreach (var line in File.ReadLinesAsync(file, Encoding.UTF8, cancellationToken))
        {
            var values = 0;
            if (table.Length == 0 && line.StartsWith(Insert, StringComparison.Ordinal))
            {
                table = line[Insert.Length..line.IndexOf('`', Insert.Length)];
                // Names of columns may stand before it.
                values = line.IndexOf(" VALUES", StringComparison.Ordinal);
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
