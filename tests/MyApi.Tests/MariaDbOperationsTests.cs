#if MARIADB
using Carafe.MySql.Tests;

namespace MyApi.Tests;

/// <summary>What an operator does to a MariaDB server under the running app.</summary>
public sealed class MariaDbOperationsTests
{
    [Fact]
    public async Task A_server_that_takes_no_writes_serves_reads_and_is_not_ready_until_it_does()
    {
        await using var server = await MariaDbServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await server.SqlAsync($"CREATE USER 'app'@'127.0.0.1'; GRANT ALL ON {database}.* TO 'app'@'127.0.0.1'");
        await using var app = await Api.StartAsync(builder =>
        {
            builder.Configuration["DATABASE_URL"] = $"mysql://app@127.0.0.1:{server.Port}/{database}?ssl-mode=disabled";
            builder.Configuration["MIGRATE_ON_START"] = "true";
        });
        var client = app.As(await app.UserAsync("alice"));
        await client.PostJson("/posts", new { title = "kept", body = "b" }).Expect(201);
        await app.Client.GetAsync("/readyz").Expect(200);

        await server.SqlAsync("SET GLOBAL read_only = 1");
        await client.PostJson("/posts", new { title = "t", body = "b" }).ExpectError(503);
        await app.Client.GetAsync("/posts").Expect(200);
        await app.Client.GetAsync("/readyz").ExpectError(503, "database");

        await server.SqlAsync("SET GLOBAL read_only = 0");
        await app.Client.GetAsync("/readyz").Expect(200);
        await client.PostJson("/posts", new { title = "again", body = "b" }).Expect(201);
    }
}
#endif
