#if POSTGRESQL
namespace MyApi.Tests;

/// <summary>What an operator does to a PostgreSQL server under the running app, or what happens to it. docs/runbook.md and docs/auth.md say the rest.</summary>
public sealed class PostgresOperationsTests
{
    [Fact]
    public async Task The_login_of_the_database_changes_and_no_session_is_lost()
    {
        var (server, owner, database) = await CreateAsync();
        await using var before = await StartAsync(Url(server, owner, "a", database));
        var tokens = await RegisterAsync(before);
        await server.SqlAsync($"CREATE ROLE {owner}_b LOGIN PASSWORD 'new' IN ROLE {owner}; ALTER ROLE {owner}_b SET role = {owner}");
        await using var after = await StartAsync(Url(server, owner, "b", database));
        await server.SqlAsync($"ALTER ROLE {owner}_a NOLOGIN");

        // Both serve while one takes the other's place: open connections outlive the login they came by.
        await As(before, tokens.Access).GetAsync("/auth/me").Expect(200);
        await As(after, tokens.Access).GetAsync("/auth/me").Expect(200);
        await As(after, tokens.Refresh).PostAsync("/auth/refresh", null).Expect(200);
        await As(after, tokens.Access).PostJson("/posts", new { title = "written by the new role", body = "b" }).Expect(201);
        await server.SqlAsync(Disconnect(owner));
        await before.Client.GetAsync("/posts").ExpectError(503);
        await after.Client.GetAsync("/posts").Expect(200);
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_serves_reads_and_is_not_ready_until_it_does()
    {
        var (server, owner, database) = await CreateAsync();
        await using var app = await StartAsync(Url(server, owner, "a", database));
        var client = As(app, (await RegisterAsync(app)).Access);
        await client.PostJson("/posts", new { title = "kept", body = "b" }).Expect(201);

        await server.SqlAsync($"ALTER DATABASE {database} SET default_transaction_read_only = on");
        await server.SqlAsync(Disconnect(owner));
        await client.PostJson("/posts", new { title = "t", body = "b" }).ExpectError(503);
        await app.Client.GetAsync("/posts").Expect(200);
        await app.Client.GetAsync("/readyz").ExpectError(503, "database");

        await server.SqlAsync($"ALTER DATABASE {database} RESET default_transaction_read_only");
        await server.SqlAsync(Disconnect(owner));
        await ReadyAsync(app);
        await client.PostJson("/posts", new { title = "again", body = "b" }).Expect(201);
        Assert.Equal(2, (await app.Client.GetAsync("/posts").Expect(200)).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_server_without_a_connection_to_give_is_503_until_it_has_one()
    {
        var (server, owner, database) = await CreateAsync();
        await using var app = await StartAsync(Url(server, owner, "a", database));
        await app.Client.GetAsync("/posts").Expect(200);

        await server.SqlAsync($"ALTER ROLE {owner}_a CONNECTION LIMIT 0");
        await server.SqlAsync(Disconnect(owner));
        await app.Client.GetAsync("/posts").ExpectError(503);
        await app.Client.GetAsync("/readyz").ExpectError(503, "database");
        await app.Client.GetAsync("/livez").Expect(200);

        await server.SqlAsync($"ALTER ROLE {owner}_a CONNECTION LIMIT -1");
        await ReadyAsync(app);
        await app.Client.GetAsync("/posts").Expect(200);
    }

    // A role without a login owns the tables, and one with a login acts as it: docs/auth.md.
    private static async Task<(PostgresServer Server, string Owner, string Database)> CreateAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var server = await PostgresServer.SharedAsync();
        var (owner, database) = ($"owner_{Guid.NewGuid():N}", $"test_{Guid.NewGuid():N}");
        await server.SqlAsync($"CREATE ROLE {owner}; CREATE ROLE {owner}_a LOGIN PASSWORD 'old' IN ROLE {owner}; ALTER ROLE {owner}_a SET role = {owner}");
        await server.SqlAsync($"CREATE DATABASE {database} OWNER {owner}");
        return (server, owner, database);
    }

    private static string Url(PostgresServer server, string owner, string login, string database) =>
        $"postgresql://{owner}_{login}@127.0.0.1:{server.Port}/{database}";

    private static string Disconnect(string owner) => $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{owner}_a'";

    private static Task<TestApp> StartAsync(string url) => Api.StartAsync(builder =>
    {
        builder.Configuration["JWT_SECRET_KEY"] = "a secret of the two apps, which no other app of the tests has";
        builder.Configuration["DATABASE_URL"] = url;
        builder.Configuration["MIGRATE_ON_START"] = "true";
    });

    private static async Task<(string Access, string Refresh)> RegisterAsync(TestApp app)
    {
        await app.Client.RegisterAsync("alice").Expect(201);
        var pair = await app.Client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).Expect(200);
        return (pair.GetProperty("access_token").GetString()!, pair.GetProperty("refresh_token").GetString()!);
    }

    private static HttpClient As(TestApp app, string token)
    {
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    private static async Task ReadyAsync(TestApp app)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await app.Client.GetAsync("/readyz", patience.Token)).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
#endif
