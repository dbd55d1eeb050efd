#if (auth)
using ApiNamespace1.Auth;
#endif

namespace ApiNamespace1.Tests;

/// <summary>The app in memory, on a database of its own, every response checked against the API document.</summary>
internal static class Api
{
#if (postgresql)
    public static async Task<TestApp> StartAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return await TestApp.StartAsync(ApiFactory.Create, database: await PostgresTestDatabase.CreateAsync(ApiFactory.Create)).EnforceContract();
    }
#else
    public static Task<TestApp> StartAsync() => TestApp.StartAsync(ApiFactory.Create).EnforceContract();
#endif
#if (auth)

    /// <summary>Makes an account in the database. It has no password, so it signs in by <c>app.As(user)</c> alone.</summary>
    public static Task<User> UserAsync(this TestApp app, string name) => app.WithAsync<AppDb, User>(async db =>
    {
        var user = db.Users.Add(new User { Username = name, Email = $"{name}@example.com" }).Entity;
        await db.SaveChangesAsync();
        return user;
    });
#endif
}
