using System.ComponentModel;
using System.Diagnostics;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>Copies of a PostgreSQL database with its own tools, pg_dump and pg_restore.</summary>
internal static class PostgresBackup
{
    public static async Task WriteAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        var partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            PrivateFiles.Touch(partial);
            await RunAsync("pg_dump", connection, ["--format=custom", "--no-owner", "--no-privileges", "--file", partial, "--dbname", connection.Database!], cancellationToken);
            File.Move(partial, file, overwrite: false);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    public static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken)
    {
        // Reading all of it, to nowhere, finds the end missing. The history comes out as the rows of a COPY.
        await RunAsync("pg_restore", connection, ["--file=/dev/null", file], cancellationToken);
        var history = await RunAsync("pg_restore", connection, ["--data-only", "--table=__EFMigrationsHistory", "--file=-", file], cancellationToken);
        var rows = history.Split('\n').SkipWhile(line => !line.StartsWith("COPY ", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line != "\\.");
        var ids = rows.Select(row => row.Split('\t')[0]).Order(StringComparer.Ordinal).ToList();
        return ids.Count > 0 ? ids : throw new CommandException($"{file} is a backup without migrations: it belongs to another app. Nothing was changed.");
    }

    public static Task RestoreAsync(NpgsqlConnectionStringBuilder connection, string file, CancellationToken cancellationToken) =>
        RunAsync(
            "pg_restore",
            connection,
            ["--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname", connection.Database!, file],
            cancellationToken);

    private static async Task<string> RunAsync(string tool, NpgsqlConnectionStringBuilder connection, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find(tool), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = connection.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = connection.Username;
        start.Environment["PGPASSWORD"] = connection.Password;
        start.Environment["PGSSLMODE"] = connection.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? await output : throw new CommandException($"{tool} failed: {error.Trim()}");
        }
        catch (Win32Exception)
        {
            throw new CommandException($"{tool} is not installed. It comes with PostgreSQL's client (Debian: apt-get install postgresql-client).");
        }
    }

    // Debian keeps the tools of each version in a folder of its own; the newest reads the dumps of the older ones.
    private static string Find(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")) : [])
            .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists) ?? tool;
}
