using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>Copies a PostgreSQL database with its own tools, pg_dump and pg_restore.</summary>
internal static class PostgresBackup
{
    public static async Task WriteAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        var partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            PrivateFiles.Touch(partial);
            await RunAsync("pg_dump", connection, ["--format=custom", "--no-owner", "--no-privileges", "--file", partial, "--dbname", connection.Database!],
                cancellationToken);
            File.Move(partial, file, overwrite: false);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    public static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        // Reading all of it, to nowhere, detects a missing end. The history comes out as the rows of a COPY.
        await RunAsync("pg_restore", connection, ["--file=/dev/null", file], cancellationToken);
        var history = await RunAsync("pg_restore", connection, ["--data-only", "--table=__EFMigrationsHistory", "--file=-", file], cancellationToken);
        var rows = history.Split('\n').SkipWhile(line => !line.StartsWith("COPY ", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line != "\\.");
        var ids = rows.Select(row => row.Split('\t')[0]).Order(StringComparer.Ordinal).ToList();
        return ids.Count > 0 ? ids : throw new CommandException($"{file} is a backup without migrations: it belongs to another app. Nothing was changed.");
    }

    /// <summary>Replaces everything that is in the database, in one transaction: what a newer schema has beside the backup goes as well.</summary>
    public static async Task RestoreAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-restore-");
        try
        {
            var (clean, script) = (Path.Combine(folder.FullName, "clean.sql"), Path.Combine(folder.FullName, "restore.sql"));
            await File.WriteAllTextAsync(clean, PostgresClean.Sql, cancellationToken);
            await RunAsync("pg_restore", connection, ["--no-owner", "--no-privileges", $"--file={script}", file], cancellationToken);
            await RunAsync(
                "psql",
                connection,
                ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", $"--file={clean}", $"--file={script}", "--dbname",
                    connection.Database!],
                cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Counts the rows of each table that a backup holds, by the table's name as SQL has it.</summary>
    public static async Task<Dictionary<string, long>> CountAsync(
        NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, long>();
        await RunAsync("pg_restore", connection, ["--data-only", "--file=-", file], async output =>
        {
            await CountAsync(output, rows, cancellationToken);
            return "";
        }, cancellationToken);
        return rows;
    }

    /// <summary>Counts the rows of each table in the text of a backup.</summary>
    public static async Task CountAsync(TextReader text, Dictionary<string, long> rows, CancellationToken cancellationToken)
    {
        var table = "";
        while (await text.ReadLineAsync(cancellationToken) is { } line)
        {
            if (table.Length == 0 && line.StartsWith("COPY ", StringComparison.Ordinal) && line.EndsWith(" FROM stdin;", StringComparison.Ordinal))
            {
                table = TableOf(line);
                rows[table] = 0;
            }
            else if (line == "\\.")
            {
                table = "";
            }
            else if (table.Length > 0)
            {
                rows[table]++;
            }
        }
    }

    // It ends at the first space outside quotes; a table without columns has no list of them.
    private static string TableOf(string line)
    {
        var (end, quoted) = (5, false);
        for (; quoted || line[end] != ' '; end++)
        {
            quoted ^= line[end] == '"';
        }

        return line[5..end];
    }

    private static Task<string> RunAsync(string tool, NpgsqlConnectionStringBuilder connection, IEnumerable<string> arguments,
        CancellationToken cancellationToken) =>
        RunAsync(tool, connection, arguments, output => output.ReadToEndAsync(cancellationToken), cancellationToken);

    private static async Task<string> RunAsync(string tool, NpgsqlConnectionStringBuilder connection, IEnumerable<string> arguments,
        Func<StreamReader, Task<string>> read, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find(tool), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Variables(connection))
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            await using var stop = cancellationToken.Register(static started => ((Process)started!).Kill(entireProcessTree: true), process);
            var output = read(process.StandardOutput);
            var error = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var reason = string.Join(' ', error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return process.ExitCode == 0 ? await output
                : throw new CommandException($"{tool} failed: {reason} Check DATABASE_URL and the server, and run the command again. Nothing was changed.");
        }
        catch (Win32Exception)
        {
            throw new CommandException($"{tool} is not installed. It comes with PostgreSQL's client (Debian: apt-get install postgresql-client).");
        }
    }

    // What libpq reads (https://www.postgresql.org/docs/current/libpq-envars.html).
    private static Dictionary<string, string?> Variables(NpgsqlConnectionStringBuilder connection)
    {
        var hosts = (connection.Host ?? "localhost").Split(',')
            .Select(host => host.LastIndexOf(':') is var colon and > 0 && host.IndexOf(':', StringComparison.Ordinal) == colon
                ? (host[..colon], host[(colon + 1)..]) : (host, null)).ToList();
        var port = connection.Port.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["PGHOST"] = string.Join(',', hosts.Select(host => host.Item1)),
            ["PGPORT"] = string.Join(',', hosts.Select(host => host.Item2 ?? port)),
            ["PGUSER"] = connection.Username,
            ["PGPASSWORD"] = connection.Password,
            ["PGPASSFILE"] = connection.Passfile,
            ["PGSSLMODE"] = Word(connection.SslMode),
            ["PGSSLROOTCERT"] = connection.RootCertificate,
            ["PGSSLCERT"] = connection.SslCertificate,
            ["PGSSLKEY"] = connection.SslKey,
            ["PGCHANNELBINDING"] = Word(connection.ChannelBinding),
            ["PGGSSENCMODE"] = Word(connection.GssEncryptionMode),
            ["PGKRBSRVNAME"] = connection.KerberosServiceName,
            ["PGTARGETSESSIONATTRS"] = connection.TargetSessionAttributes,
            ["PGAPPNAME"] = connection.ApplicationName,
            ["PGOPTIONS"] = connection.Options,
        };
    }

    private static string Word(Enum choice) =>
        choice switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", _ => choice.ToString().ToLowerInvariant() };

    // Debian keeps the tools of each version in a folder of its own; the newest reads the dumps of the older ones.
    private static string Find(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin")) : [])
            .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists) ?? tool;
}
