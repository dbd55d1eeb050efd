using Carafe.Auth;
using Carafe.Tests.Data;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Wires;

public sealed class ApiKeyCommandTests
{
    public static TheoryData<string> Databases => new(TestDatabase.Sqlite, TestDatabase.Postgres, TestDatabase.MariaDb);

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_key_that_an_operator_creates_works_until_it_is_revoked(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = Create(["--environment", "Testing"], database.Url);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var client = server.GetTestClient();
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<KeyDb>();
            await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
            db.Add(new Owner { Username = "alice", Email = "alice@example.com" });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var (code, key) = await RunAsync(database.Url, "apikeys", "create", "alice", "nightly", "--scopes", "posts:read posts:write", "--days", "3");
        Assert.Equal(0, code);
        Assert.Equal(200, await GetAsync(key));
        var (_, list) = await RunAsync(database.Url, "apikeys", "list", "alice");
        Assert.Contains("nightly  posts:read posts:write  expires ", list, StringComparison.Ordinal);
        Assert.DoesNotContain(key, list, StringComparison.Ordinal);

        var id = list.Split(' ')[0];
        Assert.Equal((0, $"{id} is revoked."), await RunAsync(database.Url, "apikeys", "revoke", id));
        Assert.Equal(401, await GetAsync(key));
        Assert.Equal((1, $"There is no key {id}."), await RunAsync(database.Url, "apikeys", "revoke", id));
        Assert.Equal((0, ""), await RunAsync(database.Url, "apikeys", "list", "alice"));

        async Task<int> GetAsync(string given)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/posts");
            request.Headers.Add("X-API-Key", given);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_command_is_said_in_a_sentence()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await using (var app = Create(["--environment", "Testing"], database.Url))
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<KeyDb>();
            await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
            db.Add(new Owner { Username = "alice", Email = "alice@example.com" });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal((1, "There is no account 'bob'."), await RunAsync(database.Url, "apikeys", "create", "bob", "x", "--scopes", "posts:read"));
        foreach (var wrong in (string[][])[["", "--scopes", "posts:read"], ["x", "--scopes", " "], ["x", "--scopes", "posts:read", "--days", "0"]])
        {
            var (code, output) = await RunAsync(database.Url, ["apikeys", "create", "alice", .. wrong]);
            Assert.True(code == 1, output);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
            Assert.NotEmpty(output);
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string url, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Carafe.Commands.CommandLine.RunAsync(args, (_, _) => Create(["--environment", "Testing"], url), output, error);
        return (code, (output.ToString() + error).Trim());
    }

    private static WebApplication Create(string[] args, string url)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Configuration["DATABASE_URL"] = url;
        builder.Configuration["MIGRATE_ON_START"] = "false";
        builder.Configuration["SECRET_KEY"] = SmallApp.StrongSecret;
        builder.Services.WithoutProviderCount().AddMySql().AddDatabase<KeyDb>();
        builder.Services.AddAuth<KeyDb, Owner>().AddApiKeys<KeyDb, Owner>();
        var app = builder.Build();
        app.UseCarafe();
        app.UseAuth();
        app.MapGet("/posts", (CurrentUser me) => TypedResults.Ok(me.Username)).AllowApiKeys("posts:read");
        return app;
    }

    public sealed class Owner : Account;

    public sealed class KeyDb(DbContextOptions<KeyDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureAuth<Owner>().ConfigureApiKeys<Owner>();
    }
}
