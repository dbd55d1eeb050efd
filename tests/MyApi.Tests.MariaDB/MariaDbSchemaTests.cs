using Carafe.MySql.Tests;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace MyApi.Tests;

/// <summary>Migrations where a change of the schema commits by itself.</summary>
public sealed class MariaDbSchemaTests
{
    [Fact]
    public async Task The_database_is_what_the_models_say_after_an_upgrade_and_a_second_one_does_nothing()
    {
        var (server, url) = await EmptyAsync();
        Assert.Equal(0, (await RunAsync(url, "db", "upgrade")).Code);
        var (code, output, error) = await RunAsync(url, "db", "check");
        Assert.True(code == 0, output + error);
        Assert.Equal(0, (await RunAsync(url, "db", "upgrade")).Code);
        Assert.Equal(await SchemaAsync(server, await MigratedAsync(server)), await SchemaAsync(server, url));
    }

    [Fact]
    public async Task An_upgrade_whose_connection_is_killed_after_every_statement_goes_on_to_the_same_schema()
    {
        var (server, url) = await EmptyAsync();
        var name = NameOf(url);
        var kills = 0;
        for (var code = 1; code != 0;)
        {
            var upgrade = RunAsync(url, "db", "upgrade");
            await using var killer = new MySqlConnection(server.ConnectionString("information_schema") + ";Pooling=false");
            await killer.OpenAsync();
            var before = await DoneAsync(killer, name);
            while (!upgrade.IsCompleted)
            {
                if (await DoneAsync(killer, name) > before)
                {
                    foreach (var id in await ValuesAsync(killer, $"SELECT id FROM processlist WHERE db = '{name}'"))
                    {
                        await ValuesAsync(killer, $"KILL {id}", isLenient: true);
                        kills++;
                    }
                }
            }

            code = (await upgrade).Code;
            Assert.True(kills < 500, "It makes no progress.");
        }

        // How often it is caught in the act depends on the machine.
        Assert.True(kills > 0, "It was never killed.");
        Assert.Equal(0, (await RunAsync(url, "db", "check")).Code);
        Assert.Equal(await SchemaAsync(server, await MigratedAsync(server)), await SchemaAsync(server, url));
    }

    [Fact]
    public async Task A_step_that_fails_says_what_is_done_and_goes_on_when_the_cause_is_gone()
    {
        var (server, url) = await EmptyAsync();
        var name = NameOf(url);
        Assert.Equal(0, (await RunAsync(url, "db", "upgrade", "20261127185753_UsernamesInAnyCase")).Code);
        await server.SqlAsync($"CREATE TABLE {name}.tasks (id int)");
        var (code, _, error) = await RunAsync(url, "db", "upgrade");
        Assert.NotEqual(0, code);
        Assert.Contains("20261127230043_AddTasksAndMail: statement", error, StringComparison.Ordinal);
        Assert.Contains("are done and stay so", error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync(url, "db", "upgrade")).Code);
        await server.SqlAsync($"DROP TABLE {name}.tasks");
        Assert.Equal(0, (await RunAsync(url, "db", "upgrade")).Code);
        Assert.Equal(await SchemaAsync(server, await MigratedAsync(server)), await SchemaAsync(server, url));
    }

    [Fact]
    public async Task Of_two_upgrades_at_once_one_waits_for_the_other()
    {
        var (server, url) = await EmptyAsync();
        var results = await Task.WhenAll(RunAsync(url, "db", "upgrade"), RunAsync(url, "db", "upgrade"));
        Assert.All(results, result => Assert.True(result.Code == 0, result.Output + result.Error));
        Assert.Equal(await SchemaAsync(server, await MigratedAsync(server)), await SchemaAsync(server, url));
    }

    [Fact]
    public async Task Steps_are_taken_back_and_taken_again()
    {
        var (server, url) = await EmptyAsync();
        Assert.Equal(0, (await RunAsync(url, "db", "upgrade")).Code);
        var (code, output, error) = await RunAsync(url, "db", "downgrade", "20261123060245_First");
        Assert.True(code == 0, output + error);
        Assert.Equal(0, (await RunAsync(url, "db", "upgrade")).Code);
        Assert.Equal(0, (await RunAsync(url, "db", "check")).Code);
        Assert.DoesNotContain("__carafe_migration_progress", await SchemaAsync(server, url), StringComparison.Ordinal);
    }

    private static async Task<(MariaDbServer Server, string Url)> EmptyAsync()
    {
        var server = await MariaDbServer.SharedAsync();
        return (server, $"mysql://root@127.0.0.1:{server.Port}/{await server.CreateDatabaseAsync()}");
    }

    private static async Task<string> MigratedAsync(MariaDbServer server)
    {
        var url = $"mysql://root@127.0.0.1:{server.Port}/{await server.CreateDatabaseAsync()}";
        Assert.Equal(0, (await RunAsync(url, "db", "upgrade")).Code);
        return url;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string url, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CarafeApp.RunAsync(["--environment", "Testing", .. args], Create, output, error);
        return (code, output.ToString(), error.ToString());

        WebApplication Create(string[] arguments, Action<WebApplicationBuilder>? configure) => MyApp.Create(arguments, builder =>
        {
            builder.Configuration.AddInMemoryCollection([new("DATABASE_URL", url)]);
            builder.Logging.ClearProviders();
            configure?.Invoke(builder);
        });
    }

    private static string NameOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    private static async Task<int> DoneAsync(MySqlConnection connection, string database) =>
        (await ValuesAsync(connection, $"SELECT SUM(done) FROM `{database}`.`__carafe_migration_progress`", isLenient: true)) is [var sum, ..] && sum.Length > 0
            ? int.Parse(sum, System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static async Task<string> SchemaAsync(MariaDbServer server, string url)
    {
        await using var connection = new MySqlConnection(server.ConnectionString(NameOf(url)) + ";Pooling=false");
        await connection.OpenAsync();
        var tables = new List<string>();
        foreach (var table in (await ValuesAsync(connection, "SHOW TABLES")).Order(StringComparer.Ordinal))
        {
            await using var command = new MySqlCommand($"SHOW CREATE TABLE `{table}`", connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            tables.Add(reader.GetString(1));
        }

        return string.Join("\n", tables);
    }

    private static async Task<List<string>> ValuesAsync(MySqlConnection connection, string sql, bool isLenient = false)
    {
        try
        {
            await using var command = new MySqlCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync();
            var values = new List<string>();
            while (await reader.ReadAsync())
            {
                values.Add(await reader.IsDBNullAsync(0) ? "" : Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
            }

            return values;
        }
        catch (MySqlException) when (isLenient)
        {
            return [];
        }
    }
}
