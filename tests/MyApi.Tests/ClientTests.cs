using System.Diagnostics;

namespace MyApi.Tests;

/// <summary>The clients that other languages bring along, against MyApi as a process: what they send, and what they make of a refusal.</summary>
public sealed class ClientTests
{
    private static readonly Dictionary<string, (string Program, string[] Arguments)> Clients = new()
    {
        ["go"] = ("go", ["run", "go/walk.go"]),
        ["java"] = ("java", ["java/Walk.java"]),
        ["node"] = ("node", ["node/walk.mjs"]),
        ["python"] = ("python3", ["python/walk.py"]),
    };

    // Hundreds of requests come from one address.
    private static readonly Dictionary<string, string> Settings = new() { ["FILES_MAX_BYTES"] = "100000", ["RATELIMIT_ENABLED"] = "false" };

    public static TheoryData<string> Languages => [.. Clients.Keys];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Each_verb_passes_and_each_refusal_is_read(string language)
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        using var walk = await StartAsync(language, "walk", api);
        var (code, output) = await EndAsync(walk);

        Assert.True(code == 0, output);
        Assert.DoesNotContain("fail:", api.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("crit:", api.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_server_that_is_told_to_stop_cuts_no_response(string language)
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        using var walk = await StartAsync(language, "stop", api);
        var busy = await walk.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var stopped = await api.SignalAsync("TERM");
        var (code, output) = await EndAsync(walk);

        Assert.True((busy, code, stopped) == ("busy", 0, 0), $"{busy} {code} {stopped}: {output}\n{api.Output}");
    }

    private static async Task<(int Code, string Output)> EndAsync(Process walk)
    {
        try
        {
            var texts = await Task.WhenAll(walk.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
                walk.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).WaitAsync(TimeSpan.FromMinutes(10));
            await walk.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (walk.ExitCode, string.Concat(texts));
        }
        finally
        {
            if (!walk.HasExited)
            {
                walk.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task<Process> StartAsync(string language, string mode, MyApiProcess api)
    {
        var (program, arguments) = Clients[language];
        var isInstalled = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
        Assert.SkipWhen(!isInstalled, $"{program} is not installed: apt-get install golang-go default-jdk-headless nodejs python3");
        await api.Client.RegisterAsync("alice").Expect(201);
        var token = (await api.Client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).Expect(200))
            .GetProperty("access_token").GetString()!;
        var start = new ProcessStartInfo(program, [.. arguments, mode, api.Client.BaseAddress!.ToString().TrimEnd('/'), token])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "tests", "clients"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Nothing is asked of a network to build one file.
        start.Environment["GOFLAGS"] = "-mod=mod";
        start.Environment["GOPROXY"] = "off";
        return Process.Start(start)!;
    }
}
