#if POSTGRESQL
namespace MyApi.Tests;

/// <summary>Two MyApi on one PostgreSQL: counts are one, and what ends in one ends in the other at once.</summary>
public sealed class ReplicaTests
{
    private const string Secret = "pZ3nK8vQ2rT7wX1yB5dF9hJ4mL6sA0cE";

    [Fact]
    public async Task A_logout_in_one_replica_is_heard_by_the_other()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(MyApp.Create);
        await using var one = await StartAsync(database);
        await using var two = await StartAsync(database);
        var pair = await one.SignInAsync(await one.UserAsync("alice"));
        await HearsAsync(database, 2);
        await two.WithToken(pair.AccessToken).GetAsync("/auth/me").Expect(200);
        await one.WithToken(pair.AccessToken).PostAsync("/auth/logout", null).Expect(204);
        while ((await two.WithToken(pair.AccessToken).GetAsync("/auth/me")).StatusCode != HttpStatusCode.Unauthorized)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Replicas_count_registrations_and_failed_logins_together()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(MyApp.Create);
        await using var one = await StartAsync(database);
        await using var two = await StartAsync(database);
        var statuses = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            var app = i % 2 == 0 ? one : two;
            statuses.Add((int)(await app.Client.PostJson("/auth/login", new { email = "nobody@example.com", password = "wrong" })).StatusCode);
        }

        Assert.Equal([401, 401, 401, 401, 401, 429, 429, 429], statuses);
    }

    private static Task<TestApp> StartAsync(PostgresTestDatabase database) => TestApp.StartAsync(
        MyApp.Create,
        builder =>
        {
            builder.Configuration["SESSION_CACHE_DURATION"] = "1h";
            builder.Configuration["RATELIMIT_ENABLED"] = "true";
            builder.Configuration["SECRET_KEY"] = builder.Configuration["JWT_SECRET_KEY"] = Secret;
        },
        new Shared(database.Url));

    private static async Task HearsAsync(PostgresTestDatabase database, int listeners)
    {
        var name = database.Url[(database.Url.LastIndexOf('/') + 1)..];
        await using var source = Npgsql.NpgsqlDataSource.Create($"Host=127.0.0.1;Port={new Uri(database.Url).Port};Username=postgres;Database={name}");
        while (true)
        {
            await using var command = source.CreateCommand(
                $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE 'LISTEN%'");
            if (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is long found && found >= listeners)
            {
                return;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private sealed record Shared(string Url) : ITestDatabase
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
#endif
