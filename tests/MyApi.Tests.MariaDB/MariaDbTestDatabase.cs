using Carafe.MySql.Tests;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace MyApi.Tests;

/// <summary>A database on the test process's throw-away MariaDB, with the tables of one that MyApi itself migrated.</summary>
internal sealed class MariaDbTestDatabase : ITestDatabase
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);
    private readonly MariaDbServer _server;
    private readonly string _name;

    private MariaDbTestDatabase(MariaDbServer server, string name) => (_server, _name) = (server, name);

    public string Url => UrlOf(_server, _name);

    public static async Task<MariaDbTestDatabase> CreateAsync()
    {
        var server = await MariaDbServer.SharedAsync();
        var tables = await Template.Value;
        var name = await server.CreateDatabaseAsync();
        await using var connection = new MySqlConnection(server.ConnectionString(name) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(tables, connection);
        await command.ExecuteNonQueryAsync();
        return new MariaDbTestDatabase(server, name);
    }

    public async ValueTask DisposeAsync() => await _server.SqlAsync($"DROP DATABASE {_name}");

    private static string UrlOf(MariaDbServer server, string name) => $"mariadb://root@127.0.0.1:{server.Port}/{name}";

    private static async Task<string> MakeTemplateAsync()
    {
        var server = await MariaDbServer.SharedAsync();
        var name = await server.CreateDatabaseAsync();
        await using (var app = MyApp.Create(["--environment", "Testing"], builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Logging.ClearProviders();
            builder.Configuration.AddInMemoryCollection([new("DATABASE_URL", UrlOf(server, name))]);
        }))
        {
            await app.StartAsync();
            await app.StopAsync();
        }

        await using var connection = new MySqlConnection(server.ConnectionString(name) + ";Pooling=false");
        await connection.OpenAsync();
        var statements = new List<string> { "SET foreign_key_checks = 0" };
        foreach (var table in await RowsAsync(connection, "SHOW TABLES", 0))
        {
            statements.AddRange(await RowsAsync(connection, $"SHOW CREATE TABLE `{table}`", 1));
            if (table.StartsWith("__", StringComparison.Ordinal))
            {
                statements.Add($"INSERT INTO `{table}` SELECT * FROM `{name}`.`{table}`");
            }
        }

        return string.Join(";\n", statements.Append("SET foreign_key_checks = 1"));
    }

    private static async Task<List<string>> RowsAsync(MySqlConnection connection, string sql, int column)
    {
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(column));
        }

        return rows;
    }
}
