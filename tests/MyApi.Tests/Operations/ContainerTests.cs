using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MyApi.Tests;

/// <summary>MyApi as a container runs it: another user, a read-only root, one folder to write in. And what the files of ops/ say of it.</summary>
public sealed partial class ContainerTests : IDisposable
{
    // A folder that every machine has, so that it can be the one to write in.
    private const string Inside = "/mnt";

    private readonly string _data = MyApiProcess.NewFolder();
    private readonly int _port = FreePort();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_app_serves_as_another_user_on_a_read_only_root()
    {
        using (var probe = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "bwrap --unshare-user --uid 1654 --ro-bind / / true"])
        {
            RedirectStandardError = true,
        })!)
        {
            await probe.WaitForExitAsync(Stop);
            Assert.SkipUnless(probe.ExitCode == 0, "bubblewrap cannot run here: apt-get install bubblewrap, and user namespaces");
        }

        using (var upgrade = Run("db", "upgrade"))
        {
            var errors = await upgrade.StandardError.ReadToEndAsync(Stop);
            await upgrade.WaitForExitAsync(Stop);
            Assert.True(upgrade.ExitCode == 0, errors);
        }

        using var process = Run();
        try
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
            while (!await AnswersAsync(client))
            {
                Assert.False(process.HasExited, "the app ended");
                await Task.Delay(100, Stop);
            }

            await client.GetAsync("/readyz", Stop).Expect(200);
            await client.RegisterAsync("alice").Expect(201);
            using var health = Process.Start(HealthCheck())!;
            await health.WaitForExitAsync(Stop);
            Assert.Equal(0, health.ExitCode);
            Assert.NotEmpty(Directory.GetFiles(_data, "app.db"));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("ops/container/compose.yaml")]
    [InlineData("ops/kubernetes/myapi.yaml")]
    [InlineData("ops/container/Dockerfile")]
    [InlineData("ops/systemd/myapi.service")]
    public async Task Every_setting_that_the_files_of_ops_name_is_one_of_the_apps(string file)
    {
        var example = await File.ReadAllTextAsync(Path.Combine(Repository.Root, ".env.example"), Stop);
        var known = Listed().Matches(example).Select(match => match.Groups["name"].Value).ToHashSet();
        var named = Named().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), Stop)).Select(match => match.Value)
            .Select(name => name.EndsWith("_FILE", StringComparison.Ordinal) ? name[..^5] : name)
            .Where(name => !name.StartsWith("DOTNET_", StringComparison.Ordinal) && !name.StartsWith("POSTGRES_", StringComparison.Ordinal)
                && !name.StartsWith("CAP_", StringComparison.Ordinal) && !name.StartsWith("AF_", StringComparison.Ordinal));
        Assert.Equal((file, ""), (file, string.Join(' ', named.Except(known))));
    }

    [Fact]
    public async Task Every_alert_has_its_place_in_the_runbook()
    {
        var alerts = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "ops/alerts/carafe.yml"), Stop);
        var headings = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs/runbook.md"), Stop))
            .Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => $"docs/runbook.md#{line[4..].ToLowerInvariant()}");
        var named = Page().Matches(alerts).Select(match => match.Groups["page"].Value).ToList();
        Assert.Equal(alerts.Split("- alert:").Length - 1, named.Count);
        Assert.Equal(headings.Order(), named.Order());
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync("/startupz", Stop);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // As the Dockerfile has it.
    private ProcessStartInfo HealthCheck()
    {
        var line = File.ReadLines(Path.Combine(Repository.Root, "ops/container/Dockerfile"))
            .Single(line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal));
        var command = JsonSerializer.Deserialize<string[]>(line[line.IndexOf('[', StringComparison.Ordinal)..])!;
        var start = new ProcessStartInfo(command[0], command[1..]);
        start.Environment["PORT"] = $"{_port}";
        return start;
    }

    private Process Run(params string[] arguments)
    {
        var app = typeof(MyApp).Assembly.Location;
        var start = new ProcessStartInfo("bwrap",
        [
            "--unshare-user", "--unshare-pid", "--die-with-parent", "--uid", "1654", "--gid", "1654", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
            "--bind", _data, Inside, "--chdir", Inside, "dotnet", app, "--contentRoot", Path.GetDirectoryName(app)!, .. arguments,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["DATA_FOLDER"] = Inside,
            ["DATABASE_URL"] = $"sqlite:///{Inside}/app.db",
            ["HOME"] = Inside,
            ["JWT_SECRET_KEY"] = "aQ7mW2xN9cV4tR6yU1iO3pL8kJ5hG0fD",
            ["MAIL_URL"] = "off",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_port}",
            ["SECRET_KEY"] = "aZ3nK8vQ2rT7wX1yB5dF9hJ4mL6sA0cE",
            ["TMPDIR"] = Inside,
        })
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex(@"runbook_url: (?<page>\S+)")]
    private static partial Regex Page();

    [GeneratedRegex("^#(?<name>[A-Z][A-Z0-9_]+)=", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")]
    private static partial Regex Named();
}
