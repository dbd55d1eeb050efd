using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Carafe.Testing;

/// <summary>
/// Runs a throw-away PostgreSQL for the test process: started from the installed binaries on a free port of 127.0.0.1, with durability off, under another
/// user when the tests run as root. It stops with the process, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(() => StartAsync());

    private readonly string _binaries;
    private readonly string _folder;
    private Process? _watch;

    private PostgresServer(string binaries, string folder, int port)
    {
        _binaries = binaries;
        _folder = folder;
        Port = port;
    }

    /// <summary>Gets the port it listens on.</summary>
    public int Port { get; }

    /// <summary>
    /// Gets why this machine has no server; null when it has one. Skip tests with it: <c>Assert.SkipWhen(PostgresServer.Missing is not null, ...)</c>.
    /// </summary>
    public static string? Missing => FindBinaries() is null
        ? "PostgreSQL is not installed: no postgres and initdb in PATH or /usr/lib/postgresql/*/bin (Debian: apt-get install postgresql)."
        : OperatingSystem.IsLinux() ? null : "The throw-away PostgreSQL runs on Linux.";

    /// <summary>Returns the server that the tests of this process share; the first caller starts it.</summary>
    public static Task<PostgresServer> SharedAsync() => Started.Value;

    /// <summary>Starts a server of the test's own, to stop and start at will.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or does not start.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        var binaries = FindBinaries() ?? throw new InvalidOperationException(Missing);
        var folder = Directory.CreateTempSubdirectory("carafe-postgres-").FullName;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var server = new PostgresServer(binaries, folder, ((IPEndPoint)probe.LocalEndpoint).Port);
        probe.Stop();
        await RunAsync("chmod", ["0711", folder]);
        await RunAsync("mkdir", ["-m", "0700", server.Data]);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", [User(), server.Data]);
        }

        await server.AsUserAsync("initdb", ["-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]);
        await server.RestartAsync();
        return server;
    }

    /// <summary>Returns the URL of a database on this server.</summary>
    /// <param name="database">Its name.</param>
    public string Url(string database) => $"postgresql://postgres@127.0.0.1:{Port}/{database}";

    /// <summary>Creates an empty database, or a copy of one that has no connections, and returns its URL.</summary>
    /// <param name="template">The database to copy, such as one that is already migrated.</param>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = $"test_{Guid.NewGuid():N}";
        await SqlAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return Url(name);
    }

    /// <summary>Runs a statement on the database <c>postgres</c>.</summary>
    /// <param name="sql">The statement.</param>
    public async Task SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts the server again on the same data and port.</summary>
    public async Task RestartAsync()
    {
        // The shell reads from this process: when it ends, however it ends, the pipe breaks and the server is stopped.
        const string Watch = """
            data=$1; shift; "$@" & server=$!
            (cat > /dev/null; touch "$data.orphan"; kill -QUIT $(head -1 "$data/postmaster.pid"); kill -CONT $server) <&3 2> /dev/null & watch=$!
            wait $server; kill $watch 2> /dev/null
            if [ -e "$data.orphan" ]; then rm -rf "${data%/data}"; fi
            """;
        string[] server =
        [
            Path.Combine(_binaries, "postgres"), "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", "",
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "log_min_messages=fatal",
        ];
        var start = StartInfo("sh",
            ["-c", $"exec 3<&0; {Watch}", "watch", Data, .. Environment.IsPrivilegedProcess ? (string[])["runuser", "-u", User(), "--"] : [], .. server]);
        start.RedirectStandardInput = true;
        _watch = Process.Start(start) ?? throw new InvalidOperationException("sh did not start.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SqlAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (attempt < 300 && !_watch.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Kills the server at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        await RunAsync("sh", ["-c", "kill -QUIT $(head -1 \"$0/postmaster.pid\")", Data]);
        await ResumeAsync();
        await _watch!.WaitForExitAsync();
    }

    /// <summary>
    /// Freezes the server: it still accepts connections and bytes, as its machine's kernel does that, and does not respond until
    /// <see cref="ResumeAsync"/>.
    /// </summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Lets a frozen server continue where it was.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Stops the server and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_watch is { HasExited: false })
        {
            await KillAsync();
        }

        _watch?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static string User() => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static string? FindBinaries() =>
        (Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Reverse().Select(version => Path.Combine(version, "bin"))
            : [])
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));

    // The first process before its children: it then makes no new ones. A child that has just ended is no error. runuser stops with its child, but does
    // not continue with it.
    private Task SignalAsync(string signal)
    {
        const string Signal = """
            first=$(head -1 "$0/postmaster.pid" 2> /dev/null)
            kill -$1 $first 2> /dev/null
            if [ $1 = CONT ]; then kill -CONT $(grep "^PPid:" /proc/$first/status | cut -f 2) 2> /dev/null; fi
            kill -$1 $(grep -ls "^PPid:.$first\$" /proc/[0-9]*/status | cut -d / -f 3) 2> /dev/null
            true
            """;
        return RunAsync("sh", ["-c", Signal, Data, signal]);
    }

    private Task AsUserAsync(string command, string[] arguments)
    {
        var path = Path.Combine(_binaries, command);
        return Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", User(), "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string command, IEnumerable<string> arguments)
    {
        using var process = Process.Start(StartInfo(command, arguments)) ?? throw new InvalidOperationException($"{command} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} failed with {process.ExitCode}: {error}{await output}");
        }
    }

    private static ProcessStartInfo StartInfo(string command, IEnumerable<string> arguments) =>
        new(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
}
