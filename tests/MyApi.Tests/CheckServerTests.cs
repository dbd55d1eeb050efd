namespace MyApi.Tests;

/// <summary>The checks that need a server or a small process of their own.</summary>
public sealed class CheckServerTests
{
    [Fact]
    public async Task The_server_behind_the_app_is_asked_as_well()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var database = await PostgresTestDatabase.CreateAsync(MyApp.Create);
        using var app = new CheckedApp { ["DATABASE_URL"] = $"{database.Url}?max_pool_size=200" };
        app.Configure = builder => builder.Services.AddSingleton<TimeProvider>(
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new(2035, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var found = (await app.CheckAsync()).Results.ToDictionary(result => result.Id);

        Assert.Equal(["passed", "passed", "passed"], new[] { "C401", "C402", "C403" }.Select(id => found[id].State));
        Assert.Equal(["The app's user is a superuser of the server."], found["C424"].Findings);
        Assert.StartsWith("Two replicas want 400 connections", Assert.Single(found["C425"].Findings), StringComparison.Ordinal);
        // The tests' own server forgets what it is told, for speed.
        Assert.Equal(["The server has fsync = off.", "The server has full_page_writes = off."], found["C426"].Findings);
        Assert.Contains("no security updates", Assert.Single(found["C427"].Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backups_that_cannot_be_restored_on_trial_are_found()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        var (role, database) = ($"role_{Guid.NewGuid():N}", $"test_{Guid.NewGuid():N}");
        await server.SqlAsync($"CREATE ROLE {role} LOGIN PASSWORD 'a-long-password'");
        await server.SqlAsync($"CREATE DATABASE {database} OWNER {role}");
        using var app = new CheckedApp
        {
            ["DATABASE_URL"] = $"postgresql://{role}:a-long-password@127.0.0.1:{server.Port}/{database}",
            ["BACKUP_FOLDER"] = "backups",
        };
        Assert.Equal(["The app's user may not create a database to restore it into."], await FoundAsync());
        await server.SqlAsync($"ALTER ROLE {role} CREATEDB");
        Assert.Empty(await FoundAsync());

        async Task<string[]> FoundAsync() => (await app.CheckAsync()).Results.Single(result => result.Id == "C432").Findings;
    }

    [Fact]
    public async Task A_process_without_room_is_told_so()
    {
        var folder = MyApiProcess.NewFolder();
        try
        {
            var settings = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x6000000", ["Logging__LogLevel__Default"] = "None" };
            var (_, output) = await MyApiProcess.RunAsync(folder, settings, "check", "--deploy");
            Assert.Contains("The heap may use 96 MB of memory.", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_the_tests_machine_decides_is_found_where_it_is_so()
    {
        using var app = new CheckedApp();
        var found = (await app.CheckAsync()).Results.ToDictionary(result => result.Id, result => result.State);
        Assert.Equal(Environment.UserName == "root" ? "warning" : "passed", found["C202"]);
        Assert.Equal("warning", found["C208"]);
    }
}
