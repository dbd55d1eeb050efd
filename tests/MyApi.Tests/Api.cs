using Carafe.Auth;
using MyApi.Posts;
using MyApi.Products;
using MyApi.Users;

namespace MyApi.Tests;

/// <summary>MyApi in memory, and the people who call it.</summary>
internal static class Api
{
    public const string Password = "correct horse battery";

    /// <summary>The same suite runs on each database: this project on SQLite, MyApi.Tests.PostgreSQL and MyApi.Tests.MariaDB on theirs.</summary>
    public static async Task<TestApp> StartAsync(Action<WebApplicationBuilder>? configure = null, bool listen = false, bool contract = true)
    {
#if POSTGRESQL
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var start = TestApp.StartAsync(MyApp.Create, configure, await PostgresTestDatabase.CreateAsync(MyApp.Create), listen);
#elif MARIADB
        var start = TestApp.StartAsync(MyApp.Create, configure, await MariaDbTestDatabase.CreateAsync(), listen);
#else
        var start = TestApp.StartAsync(MyApp.Create, configure, listen: listen);
#endif
        return await (contract ? start.EnforceContract() : start);
    }

    /// <summary>Makes an account in the database. It has no password, so it signs in by <c>app.As(user)</c> alone.</summary>
    public static Task<User> UserAsync(this TestApp app, string name, string role = Roles.User) =>
        app.WithAsync<AppDb, User>(async db =>
        {
            var user = db.Users.Add(new User { Username = name, Email = $"{name}@example.com", Role = role }).Entity;
            await db.SaveChangesAsync();
            return user;
        });

    public static Task<User> AdminAsync(this TestApp app) => app.UserAsync("root", Roles.Admin);

    public static Task<Post> PostAsync(this TestApp app, User author, string title = "A title") =>
        app.WithAsync<AppDb, Post>(async db =>
        {
            var post = db.Posts.Add(new Post { Title = title, Body = "A body", UserId = author.Id }).Entity;
            await db.SaveChangesAsync();
            return post;
        });

    public static Task<Product> ProductAsync(this TestApp app, string name) =>
        app.WithAsync<AppDb, Product>(async db =>
        {
            var product = db.Products.Add(new Product { Name = name, Price = 9.50m, Stock = 3 }).Entity;
            await db.SaveChangesAsync();
            return product;
        });

    public static Task<HttpResponseMessage> RegisterAsync(this HttpClient client, string name, string password = Password) =>
        client.PostJson("/auth/register", new { username = name, email = $"{name}@example.com", password });
}
