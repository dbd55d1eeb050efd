using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MyApi.Tests;

/// <summary>The command <c>check</c>: a deployment that is right has nothing to mend, and each check finds the app that fails it.</summary>
public sealed class CheckTests
{
    // What the tests' own process and folder are, whatever the app does.
    private static readonly string[] OfThisMachine = ["C201", "C202", "C204", "C205", "C208"];

    public static TheoryData<string> Ids => [.. CheckCases.All.Keys];

    [Fact]
    public async Task A_deployment_that_is_right_has_nothing_to_mend()
    {
        using var app = new CheckedApp();
        await app.UpgradeAsync();
        var (code, results) = await app.CheckAsync("--fail-level", "warning");
        Assert.Equal([], results.Where(result => result.State is "error" or "warning" or "not run" && !OfThisMachine.Contains(result.Id)));
        Assert.Equal(results.Exists(result => result.State is "warning") ? 1 : 0, code);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Each_check_finds_the_app_that_fails_it_and_no_other(string id)
    {
        var wrong = CheckCases.All[id];
        using var app = new CheckedApp();
        await app.UpgradeAsync();
        Assert.DoesNotContain((await app.CheckAsync()).Results.Single(result => result.Id == id).Findings, wrong.Names);

        await wrong.Break(app);
        var found = (await app.CheckAsync()).Results.Single(result => result.Id == id);
        Assert.Equal(wrong.State, found.State);
        Assert.Contains(found.Findings, wrong.Names);
        Assert.EndsWith($"docs/checks.md#{id.ToLowerInvariant()}", found.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_check_is_on_the_page_and_has_a_case()
    {
        using var app = new CheckedApp();
        var ids = (await app.CheckAsync()).Results.ConvertAll(result => result.Id);
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/checks.md"), TestContext.Current.CancellationToken);
        Assert.True(ids.Count >= 40);
        Assert.Equal([], ids.Where(id => !page.Contains($"### {id}", StringComparison.Ordinal)));
        Assert.Equal([], ids.Except([.. CheckCases.All.Keys, .. CheckCases.Elsewhere, .. OfThisMachine]));
    }

    [Fact]
    public async Task A_silenced_check_says_why_and_fails_nothing()
    {
        using var app = new CheckedApp { ["AllowedHosts"] = "*" };
        await app.UpgradeAsync();
        app.Configure = builder => builder.Services.SilenceCheck("C303", "The proxy in front refuses other names.");
        var found = (await app.CheckAsync("--fail-level", "warning")).Results.Single(result => result.Id == "C303");
        Assert.Equal(("silenced", "The proxy in front refuses other names."), (found.State, found.Reason));
    }

    [Fact]
    public async Task A_silenced_check_that_does_not_exist_is_refused()
    {
        using var app = new CheckedApp { Configure = builder => builder.Services.SilenceCheck("C999", "No reason.") };
        Assert.Equal((1, "", "The app silences the check C999, and there is none of that id."), await app.RunAsync("check"));
    }

    [Fact]
    public async Task A_check_of_the_apps_own_runs_with_the_others_and_one_that_fails_hides_nothing()
    {
        using var app = new CheckedApp
        {
            Configure = builder => builder.Services
                .AddCheck(new Check("MYAPP001", CheckSeverity.Error, _ => ["Nobody is called on a Sunday."]) { Why = "Nobody answers.", Remedy = "PAGER=on" })
                .AddCheck(new Check("MYAPP002", CheckSeverity.Warning, _ => throw new InvalidOperationException("The pager is away."))
                {
                    Why = "",
                    Remedy = "",
                }),
        };
        var (code, output, _) = await app.RunAsync("check");
        Assert.Equal(1, code);
        Assert.Contains("Nobody is called on a Sunday.", output, StringComparison.Ordinal);
        Assert.Contains("Mend: PAGER=on", output, StringComparison.Ordinal);
        Assert.Contains("The pager is away.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TRUSTED_PROXIES", "0.0.0.0/0", "C302")]
    [InlineData("TRUSTED_PROXIES", "::ffff:0:0/96", "C302")]
    [InlineData("DATABASE_URL", "sqlite:///:memory:", "C411")]
    public async Task The_start_of_Production_refuses_what_a_cheap_check_calls_an_error(string setting, string value, string id)
    {
        using var app = new CheckedApp { [setting] = value };
        var (code, _, error) = await app.RunAsync("run", "--port", "0");
        Assert.Equal(78, code);
        Assert.Contains(id, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_says_where_each_value_came_from_and_hides_secrets()
    {
        using var app = new CheckedApp { ["ACCESS_TOKEN_LIFETIME"] = "20m", ["DATABASE_URL"] = "postgresql://me:hunter2@localhost/x" };
        var (code, output, _) = await app.RunAsync("config");
        Assert.Equal(0, code);
        Assert.Contains("ACCESS_TOKEN_LIFETIME=20m", output, StringComparison.Ordinal);
        Assert.Contains("from the app; default 15m", output, StringComparison.Ordinal);
        Assert.Contains("How long an access token lives.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
        Assert.DoesNotContain(app["SECRET_KEY"]!, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", "DATABASE_URL=sqlite:///dev.db", "MAIL_URL=file:mail", "MIGRATE_ON_START=true")]
    [InlineData("Testing", "DATABASE_URL=sqlite:///:memory:", "MAIL_URL=memory:", "MIGRATE_ON_START=true")]
    public async Task The_configuration_lists_what_is_used_where_nothing_is_set(string environment, params string[] lines)
    {
        using var app = new CheckedApp { Environment = environment };
        app.Remove("DATABASE_URL");
        var (_, output, _) = await app.RunAsync("config");
        Assert.Equal([], lines.Where(line => !output.Split('\n').Contains(line)));
    }

    [Theory]
    [InlineData("DATABASE_URL", "postgresql://me@localhost/x?password=hunter2&sslmode=require")]
    [InlineData("DATABASE_URL", "postgresql://me:hunter2@localhost/x?sslpassword=hunter2")]
    [InlineData("MAIL_URL", "smtp://me:hunter2@localhost:587")]
    [InlineData("REDIS_URL", "rediss://me:hunter2@localhost:6379/0")]
    public async Task The_configuration_hides_passwords_wherever_a_URL_holds_them(string setting, string url)
    {
        using var app = new CheckedApp { [setting] = url };
        Assert.DoesNotContain("hunter2", (await app.RunAsync("config")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_URL_with_a_password_in_appsettings_is_a_secret_in_a_file()
    {
        using var app = new CheckedApp();
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "appsettings.json"),
            """{ "REDIS_URL": "redis://me:hunter2@localhost:1/0", "LOG_LEVEL": "warning" }""", TestContext.Current.CancellationToken);
        var (_, output, error) = await app.RunAsync("check");
        Assert.True(output.Contains("REDIS_URL is in appsettings.json.", StringComparison.Ordinal), output + error);
        Assert.DoesNotContain("LOG_LEVEL is in", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://localhost?password=hunter2")]
    [InlineData("redis://hunter2@localhost")]
    public async Task A_Redis_URL_with_a_part_that_is_not_read_is_refused(string url)
    {
        using var app = new CheckedApp { ["REDIS_URL"] = url };
        var (code, _, error) = await app.RunAsync("routes");
        Assert.Equal(78, code);
        Assert.Contains("REDIS_URL", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_file_has_every_setting_as_a_comment()
    {
        using var app = new CheckedApp();
        var (_, list, _) = await app.RunAsync("config");
        var (_, example, _) = await app.RunAsync("config", "--env");
        var names = list.Split('\n').Where(line => line.Length > 0 && line[0] != ' ').Select(line => line.Split('=')[0]).ToList();
        Assert.True(names.Count > 20);
        Assert.Equal([], names.Where(name => !example.Contains($"#{name}=", StringComparison.Ordinal)));
    }
}

/// <summary>What one check said.</summary>
internal sealed record CheckLine(string Id, string State, string[] Findings, string? Reason, string? Page);

/// <summary>MyApi set up as a deployment in a folder of its own, and the command line to look at it.</summary>
internal sealed class CheckedApp : Dictionary<string, string?>, IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly List<IDisposable> _kept = [];

    public CheckedApp()
    {
        Folder = MyApiFolder();
        this["SECRET_KEY"] = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(48));
        this["JWT_SECRET_KEY"] = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(48));
        this["DATABASE_URL"] = $"sqlite:///{Path.Combine(Folder, "app.db")}";
        this["TRUSTED_PROXIES"] = "10.0.0.0/24";
        this["AllowedHosts"] = "api.example.com";
        this["JWT_ISSUER"] = "https://api.example.com";
        this["Logging:Console:FormatterName"] = "json";
    }

    public string Folder { get; }

    public string Environment { get; set; } = "Production";

    public Action<WebApplicationBuilder>? Configure { get; set; }

    public Func<string[], Action<WebApplicationBuilder>?, WebApplication> Create { get; set; } = MyApp.Create;

    public async Task UpgradeAsync() => Assert.Equal(0, (await RunAsync("db", "upgrade")).Code);

    public async Task<(int Code, List<CheckLine> Results)> CheckAsync(params string[] args)
    {
        var (code, output, error) = await RunAsync(["check", "--deploy", "--json", .. args]);
        Assert.True(output.StartsWith('['), output + error);
        return (code, JsonSerializer.Deserialize<List<CheckLine>>(output, Json)!);
    }

    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CarafeApp.RunAsync([.. args, "--environment", Environment, "--contentRoot", Folder], (given, log) => Create(given, builder =>
        {
            log?.Invoke(builder);
            builder.Configuration.AddInMemoryCollection(this);
            builder.Logging.ClearProviders();
            Configure?.Invoke(builder);
        }), output, error);
        return (code, output.ToString().TrimEnd(), error.ToString().TrimEnd());
    }

    public T Keep<T>(T thing)
        where T : IDisposable
    {
        _kept.Add(thing);
        return thing;
    }

    public void Dispose()
    {
        _kept.ForEach(thing => thing.Dispose());
        Directory.Delete(Folder, recursive: true);
    }

    private static string MyApiFolder() => Directory.CreateTempSubdirectory("myapi-check-").FullName;
}
