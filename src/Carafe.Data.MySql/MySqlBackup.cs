using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Copies a database with the servers' own tools, <c>mariadb-dump</c> and <c>mariadb</c>, or <c>mysqldump</c> and <c>mysql</c>.</summary>
internal static partial class MySqlBackup
{
    private const string End = "-- Dump completed";
    private const string History = "INSERT INTO `__EFMigrationsHistory`";

    public static async Task WriteAsync(MySqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        await MySqlTls.CheckAsync(connection, cancellationToken);
        var partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            PrivateFiles.Touch(partial);
            await RunAsync(["mariadb-dump", "mysqldump"], connection,
                ["--single-transaction", "--quick", "--skip-lock-tables", "--skip-add-locks", "--no-tablespaces", "--hex-blob", $"--result-file={partial}",
                    connection.Database], null, cancellationToken);
            File.Move(partial, file, overwrite: false);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    public static async Task<IReadOnlyList<string>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var (ids, last, inHistory) = (new List<string>(), "", false);
        await foreach (var line in File.ReadLinesAsync(file, Encoding.UTF8, cancellationToken))
        {
            last = line.Length > 0 ? line : last;
            inHistory = inHistory || line.StartsWith(History, StringComparison.Ordinal);
            if (inHistory)
            {
                ids.AddRange(Row().Matches(line).Select(match => match.Groups[1].Value));
                inHistory = !line.EndsWith(';');
            }
        }

        return !last.StartsWith(End, StringComparison.Ordinal)
            ? throw new CommandException($"{file} is not a whole backup: its end is missing. Nothing was changed.")
            : ids.Count > 0 ? [.. ids.Order(StringComparer.Ordinal)]
            : throw new CommandException($"{file} is a backup without migrations: it belongs to another app. Nothing was changed.");
    }

    /// <summary>
    /// Loads the backup into a database beside the app's, and then gives all tables their places by one statement: what a newer schema has beside the
    /// backup goes as well, and a backup that does not load changes nothing.
    /// </summary>
    public static async Task RestoreAsync(MySqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        var (loaded, former) = (Cut(connection.Database, $"_load_{mark}"), Cut(connection.Database, $"_old_{mark}"));
        await using var open = new MySqlConnection(new MySqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString);
        await open.OpenAsync(cancellationToken);
        await RefuseOthersAsync(open, connection.Database, "The database", cancellationToken);
        try
        {
            await ExecuteAsync(open, $"CREATE DATABASE `{loaded}` CHARACTER SET utf8mb4", cancellationToken);
            await ExecuteAsync(open, $"CREATE DATABASE `{former}` CHARACTER SET utf8mb4", cancellationToken);
            await LoadAsync(connection, loaded, file, cancellationToken);
            await RefuseOthersAsync(open, loaded, file, cancellationToken);
            var (gone, come) = (await TablesAsync(open, connection.Database, cancellationToken), await TablesAsync(open, loaded, cancellationToken));
            var moves = gone.Select(table => $"`{connection.Database}`.`{table}` TO `{former}`.`{table}`")
                .Concat(come.Select(table => $"`{loaded}`.`{table}` TO `{connection.Database}`.`{table}`"));
            await ExecuteAsync(open, $"RENAME TABLE {string.Join(", ", moves)}", CancellationToken.None);
        }
        catch (MySqlException error)
        {
            throw new CommandException($"The backup cannot be restored: {error.Message} The user needs the right to create databases. Nothing was changed.");
        }
        finally
        {
            await ExecuteAsync(open, $"DROP DATABASE IF EXISTS `{loaded}`", CancellationToken.None);
            await ExecuteAsync(open, $"DROP DATABASE IF EXISTS `{former}`", CancellationToken.None);
        }
    }

    /// <summary>Runs the statements of a backup in another database of the server.</summary>
    public static Task LoadAsync(MySqlConnectionStringBuilder connection, string database, string file, CancellationToken cancellationToken) =>
        RunAsync(["mariadb", "mysql"], connection, ["--binary-mode", database], file, cancellationToken);

    public static string Cut(string name, string end) => $"{(name.Length > 64 - end.Length ? name[..(64 - end.Length)] : name)}{end}";

    public static async Task ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A view does not move to another database, and neither does a table with a trigger.
    private static async Task RefuseOthersAsync(MySqlConnection connection, string database, string where, CancellationToken cancellationToken)
    {
        var others = await NamesAsync(connection, database,
            "SELECT CONCAT('the view ', table_name) FROM information_schema.views WHERE table_schema = @database UNION ALL "
            + "SELECT CONCAT('the trigger ', trigger_name) FROM information_schema.triggers WHERE trigger_schema = @database", cancellationToken);
        if (others.Count > 0)
        {
            throw new CommandException(
                $"{where} has {string.Join(", ", others.Order(StringComparer.Ordinal))}: db restore moves tables, and no views and triggers. Load the file "
                + "into an empty database by hand: mariadb NAME < FILE. Nothing was changed.");
        }
    }

    private static Task<List<string>> TablesAsync(MySqlConnection connection, string database, CancellationToken cancellationToken) => NamesAsync(
        connection, database, "SELECT table_name FROM information_schema.tables WHERE table_schema = @database AND table_type = 'BASE TABLE'",
        cancellationToken);

    private static async Task<List<string>> NamesAsync(MySqlConnection connection, string database, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        command.Parameters.AddWithValue("@database", database);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task RunAsync(
        string[] tools, MySqlConnectionStringBuilder connection, IEnumerable<string> arguments, string? input, CancellationToken cancellationToken)
    {
        var isSocket = connection.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket;
        string[] server = isSocket ? [$"--socket={connection.Server}"]
            : [$"--host={connection.Server}", string.Create(CultureInfo.InvariantCulture, $"--port={connection.Port}"), "--protocol=tcp"];
        var tool = Find(tools);
        var tls = MySqlTls.Options(connection, await IsMariaDbAsync(tool, cancellationToken));
        string[] all = ["--no-defaults", .. server, .. tls, $"--user={connection.UserID}", "--default-character-set=utf8mb4", .. arguments];
        var start = new ProcessStartInfo(tool, all) { RedirectStandardError = true, RedirectStandardInput = true };
        // Not among the arguments, which every process of the machine can read.
        start.Environment["MYSQL_PWD"] = connection.Password;
        using var process = Process.Start(start)!;
        await using var stop = cancellationToken.Register(static started => ((Process)started!).Kill(entireProcessTree: true), process);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            if (input is not null)
            {
                await using var content = File.OpenRead(input);
                await content.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early, and says why.
        }

        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            var reason = string.Join(' ', (await error).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            throw new CommandException($"{Path.GetFileName(start.FileName)} failed: {reason} Check DATABASE_URL and the server, and run the command again. "
                + "Nothing was changed.");
        }
    }

    // Both have tools named mysqldump and mysql.
    private static async Task<bool> IsMariaDbAsync(string tool, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, ["--no-defaults", "--version"]) { RedirectStandardOutput = true })!;
        var version = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return version.Contains("MariaDB", StringComparison.Ordinal);
    }

    private static string Find(string[] tools) =>
        tools.SelectMany(tool => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, tool)))
            .FirstOrDefault(File.Exists)
        ?? throw new CommandException($"{tools[0]} is not installed. It comes with MariaDB's client (Debian: apt-get install mariadb-client).");

    [GeneratedRegex(@"\('([^']+)',")]
    private static partial Regex Row();
}
