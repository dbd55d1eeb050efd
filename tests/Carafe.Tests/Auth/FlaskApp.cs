using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Carafe.Auth;
using Carafe.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>An app that accepts the tokens of a Flask application, and those tokens.</summary>
internal static class FlaskApp
{
    public const string Secret = "Zmxhc2stand0LWV4dGVuZGVkLXNpZ25zLXdpdGgtdGhpcw==";

    public static async Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null, bool cookies = false)
    {
        var app = await TestApp.StartAsync((args, configure) => Create(args, configure, cookies), builder =>
        {
            builder.Configuration["FLASK_JWT_SECRET_KEY"] = Secret;
            builder.Configuration["FLASK_JWT_UNTIL"] = "2199-01-01";
            builder.Configuration.AddInMemoryCollection(settings ?? []);
        });
        await app.WithAsync<FlaskDb>(async db =>
        {
            await db.Database.EnsureCreatedAsync();
            db.AddRange(new Person { Username = "alice", Email = "alice@example.com" }, new Person { Username = "bob", Email = "bob@example.com" });
            await db.SaveChangesAsync();
        });
        return app;
    }

    /// <summary>A token as Flask-JWT-Extended makes it, with claims set or, by null, taken out.</summary>
    public static string Token(
        this TestApp app, string type = "access", string? secret = null, object? header = null, params (string Name, object? Value)[] claims)
    {
        var now = app.Clock.GetUtcNow().ToUnixTimeSeconds();
        var payload = new Dictionary<string, object?>
        {
            ["fresh"] = false,
            ["iat"] = now,
            ["jti"] = Guid.NewGuid().ToString(),
            ["type"] = type,
            ["sub"] = "1",
            ["nbf"] = now,
            ["exp"] = now + 900,
        };
        foreach (var (name, value) in claims)
        {
            payload[name] = value;
        }

        var present = payload.Where(claim => claim.Value is not null).ToDictionary();
        var text = $"{Part(header ?? new { alg = "HS256", typ = "JWT" })}.{Part(present)}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret ?? Secret), Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure, bool cookies)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddDbContext<FlaskDb>((services, db) =>
            db.UseSqlite($"Data Source={services.GetRequiredService<DataFolder>().Resolve("flask.db")};Foreign Keys=True"));
        builder.Services.WithoutProviderCount().AddAuth<FlaskDb, Person>(auth => auth.UseCookies = cookies);
        builder.Services.AddFlaskTokens<FlaskDb, Person>((_, jti, _) => Task.FromResult(jti == "revoked by Flask"));
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.UseAuth();
        app.MapGet("/me", (CurrentUser me) => me.Username);
        app.MapGet("/fresh", (CurrentUser me) => me.Username).RequireFresh(TimeSpan.FromMinutes(15));
        app.MapPost("/refresh", (SessionManager sessions, HttpContext context) => sessions.RefreshAsync(context)).AllowAnonymous()
            .WithMetadata(new BearerMetadata { Refresh = true });
        app.MapPost("/logout", (SessionManager sessions, HttpContext context) => sessions.LogoutAsync(context)).AllowAnonymous()
            .WithMetadata(new BearerMetadata());
        return app;
    }
}

public sealed class FlaskDb(DbContextOptions<FlaskDb> options) : DbContext(options)
{
    public DbSet<Person> People => Set<Person>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureAuth<Person>().ConfigureFlaskTokens<Person>();
}
