using System.Diagnostics;
using System.Net.Sockets;
using MySqlConnector;

namespace Carafe.MySql.Tests;

/// <summary>
/// Runs a throw-away MariaDB for the test process: from the installed binaries, on a free port of 127.0.0.1 and a socket of its own, with durability off,
/// under another user when the tests run as root. It stops with the process, however that ends.
/// </summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    private static readonly Lazy<Task<MariaDbServer>> Started = new(() => StartAsync());
    private readonly string _folder;
    private readonly string[] _options;
    private Process? _watch;

    private MariaDbServer(string folder, int port, string[] options) => (_folder, Port, _options) = (folder, port, options);

    public int Port { get; }

    public string Socket => Path.Combine(_folder, "s");

    /// <summary>Gets why this machine has no server; null when it has one.</summary>
    public static string? Missing => !OperatingSystem.IsLinux() ? "The throw-away MariaDB runs on Linux."
        : Find("mariadbd") is null || Find("mariadb-install-db") is null
            ? "MariaDB is not installed: no mariadbd and mariadb-install-db (Debian: apt-get install mariadb-server)." : null;

    /// <summary>Returns the server that the tests of this process share; the first caller starts it. Skips the test where there is none.</summary>
    public static Task<MariaDbServer> SharedAsync()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        return Started.Value;
    }

    /// <summary>Starts a server of the test's own.</summary>
    public static async Task<MariaDbServer> StartAsync(params string[] options)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var folder = Directory.CreateTempSubdirectory("carafe-mariadb-").FullName;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var server = new MariaDbServer(folder, ((IPEndPoint)probe.LocalEndpoint).Port, options);
        probe.Stop();
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", [User, folder]);
        }

        await RunAsync(Find("mariadb-install-db")!,
            ["--no-defaults", $"--datadir={folder}/data", $"--user={User}", "--auth-root-authentication-method=normal", "--skip-test-db",
                "--skip-name-resolve"], folder);
        await server.RestartAsync();
        return server;
    }

    /// <summary>Returns the connection string of a database on this server.</summary>
    public string ConnectionString(string database) => $"Server=127.0.0.1;Port={Port};User ID=root;Database={database};SslMode=None";

    /// <summary>Creates an empty database and returns its name.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await SqlAsync($"CREATE DATABASE {name} CHARACTER SET latin1");
        return name;
    }

    public async Task SqlAsync(string sql)
    {
        await using var connection = new MySqlConnection($"{ConnectionString("mysql")};Pooling=false");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts the server again on the same data and port.</summary>
    public async Task RestartAsync()
    {
        // The shell reads from this process: when it ends, however it ends, the pipe breaks and the server is killed.
        const string Watch = """
            folder=$1; shift; "$@" > /dev/null 2>&1 & server=$!; echo $server > "$folder/pid"
            (cat > /dev/null; touch "$folder/orphan"; kill -9 $server) <&3 2> /dev/null & watch=$!
            wait $server; kill $watch 2> /dev/null
            if [ -e "$folder/orphan" ]; then rm -rf "$folder"; fi
            """;
        string[] server =
        [
            Find("mariadbd")!, "--no-defaults", $"--datadir={_folder}/data", $"--socket={Socket}", $"--port={Port}", "--bind-address=127.0.0.1",
            $"--user={User}", $"--tmpdir={_folder}", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF",
            "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
            "--performance-schema=OFF", "--max-connections=1000", "--character-set-server=latin1", .. _options,
        ];
        var start = new ProcessStartInfo("sh", ["-c", $"exec 3<&0; {Watch}", "watch", _folder, .. server])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/"
        };
        _watch = Process.Start(start) ?? throw new InvalidOperationException("sh did not start.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SqlAsync("SELECT 1");
                return;
            }
            catch (MySqlException) when (attempt < 600 && !_watch.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Kills the server at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await _watch!.WaitForExitAsync();
    }

    /// <summary>Freezes the server: it accepts connections and does not respond until <see cref="ResumeAsync"/>.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (_watch is { HasExited: false })
        {
            await KillAsync();
        }

        _watch?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string User => !Environment.IsPrivilegedProcess ? Environment.UserName
        : File.ReadLines("/etc/passwd").Any(line => line.StartsWith("mysql:", StringComparison.Ordinal)) ? "mysql" : "nobody";

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Append("/usr/libexec")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private Task SignalAsync(string signal) => RunAsync("sh", ["-c", "kill -$1 $(cat \"$0/pid\")", _folder, signal]);

    // A server that starts empties its folder for temporary tables, and would take those of others with it.
    private static async Task RunAsync(string command, string[] arguments, string temporary = "/tmp")
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
            Environment = { ["TMPDIR"] = temporary },
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} failed with {process.ExitCode}: {error}{await output}");
        }
    }
}
