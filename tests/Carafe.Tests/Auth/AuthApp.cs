using System.Text.Json.Nodes;
using Carafe.Auth;
using Carafe.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>A small app with accounts, sessions and one endpoint for each rule, on a database of its own.</summary>
public static class AuthApp
{
    public static System.Text.Json.JsonSerializerOptions Json { get; } = JsonConventions.Apply(new());

    /// <param name="auth">Sets options of auth.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="map">Maps more endpoints.</param>
    /// <param name="folder">The folder of the database and of the keys. Default: the app's own, which goes with it.</param>
    /// <param name="replica">Whether another app has filled the database.</param>
    public static async Task<TestApp> StartAsync(
        Action<AuthOptions>? auth = null, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null, string? folder = null, bool replica = false)
    {
        var app = await TestApp.StartAsync(
            (args, setUp) => Create(args, setUp, auth, map),
            builder =>
            {
                builder.Configuration["DATA_FOLDER"] = folder ?? builder.Configuration["DATA_FOLDER"];
                builder.Configuration["RATELIMIT_ENABLED"] = "true";
                builder.Configuration.AddInMemoryCollection(settings ?? []);
                services?.Invoke(builder.Services);
            });
        return replica ? app : await FilledAsync(app);
    }

    public static string Folder(this TestApp app) => app.Services.GetRequiredService<DataFolder>().Root;

    public static async Task<TokenPair> LoginAsync(this TestApp app, string name = "alice") =>
        (await (await app.SendAsync(HttpMethod.Post, $"/login/{name}")).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<TokenPair>(Json))!;

    public static Task<HttpResponseMessage> GetAsync(this TestApp app, string path, string? token = null) => app.SendAsync(HttpMethod.Get, path, token);

    public static Task<HttpResponseMessage> RefreshAsync(this TestApp app, string token) => app.SendAsync(HttpMethod.Post, "/refresh", token);

    public static async Task<TokenPair> RefreshedAsync(this TestApp app, TokenPair pair) =>
        (await (await app.RefreshAsync(pair.RefreshToken)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<TokenPair>(Json))!;

    public static async Task<HttpResponseMessage> SendAsync(this TestApp app, HttpMethod method, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonNode> BodyAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? setUp, Action<AuthOptions>? auth, Action<WebApplication>? map)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddDbContext<AuthDb>((services, db) =>
            db.UseSqlite($"Data Source={services.GetRequiredService<DataFolder>().Resolve("auth.db")};Foreign Keys=True"));
        builder.Services.WithoutProviderCount().AddAuth<AuthDb, Person>(auth);
        builder.Services.PostConfigure<Microsoft.AspNetCore.Identity.PasswordHasherOptions>(options => options.IterationCount = 1000);
        setUp?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.UseAuth();
        AuthRoutes.Map(app);
        Passwords.Map(app);
        map?.Invoke(app);
        return app;
    }

    private static async Task<TestApp> FilledAsync(TestApp app)
    {
        await app.WithAsync<AuthDb>(async db =>
        {
            await db.Database.EnsureCreatedAsync();
            db.People.Add(new Person { Username = "alice", Email = "alice@example.com" });
            db.People.Add(new Person { Username = "bob", Email = "bob@example.com" });
            db.People.Add(new Person { Username = "root", Email = "root@example.com", Role = Roles.Admin });
            await db.SaveChangesAsync();
        });
        return app;
    }
}

public sealed class Person : IAccount
{
    public int Id { get; set; }

    public required string Username { get; set; }

    public required string Email { get; set; }

    public string PasswordHash { get; set; } = "";

    public string Role { get; set; } = Roles.User;

    public DateTimeOffset? DisabledAt { get; set; }
}

public sealed class AuthDb(DbContextOptions<AuthDb> options) : DbContext(options)
{
    public DbSet<Person> People => Set<Person>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureAuth<Person>().ConfigureApiKeys<Person>();
}
