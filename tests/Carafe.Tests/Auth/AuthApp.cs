using System.Text.Json.Nodes;
using Carafe.Auth;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Carafe.Tests.Auth;

/// <summary>A small app with accounts, sessions and one endpoint for each rule, on a database of its own.</summary>
public sealed class AuthApp : IAsyncDisposable
{
    private readonly string _folder;

    private AuthApp(WebApplication app, string folder, FakeTimeProvider clock)
    {
        Server = app;
        Clock = clock;
        _folder = folder;
    }

    public WebApplication Server { get; }

    public FakeTimeProvider Clock { get; }

    public string Folder => _folder;

    public HttpClient Client => Server.GetTestClient();

    public static async Task<AuthApp> StartAsync(
        Action<AuthOptions>? auth = null, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null, string? folder = null, bool replica = false)
    {
        folder ??= Directory.CreateTempSubdirectory("carafe-auth").FullName;
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var builder = CarafeApp.CreateBuilder(["--environment", "Testing"]);
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddDbContext<AuthDb>(db => db.UseSqlite($"Data Source={Path.Combine(folder, "auth.db")};Foreign Keys=True"));
        builder.Services.AddAuth<AuthDb, Person>(auth);
        builder.Services.PostConfigure<Microsoft.AspNetCore.Identity.PasswordHasherOptions>(options => options.IterationCount = 1000);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseCarafe();
        app.UseAuth();
        AuthRoutes.Map(app);
        map?.Invoke(app);
        if (!replica)
        {
            await using var scope = app.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
            await db.Database.EnsureDeletedAsync();
            await db.Database.EnsureCreatedAsync();
            db.People.Add(new Person { Username = "alice", Email = "alice@example.com" });
            db.People.Add(new Person { Username = "bob", Email = "bob@example.com" });
            db.People.Add(new Person { Username = "root", Email = "root@example.com", Role = Roles.Admin });
            await db.SaveChangesAsync();
        }

        await app.StartAsync();
        return new AuthApp(app, folder, clock);
    }

    public async Task<TokenPair> LoginAsync(string name = "alice")
    {
        using var answer = await Client.PostAsync($"/login/{name}", null);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<TokenPair>(Json))!;
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? token = null) => SendAsync(HttpMethod.Get, path, token);

    public Task<HttpResponseMessage> RefreshAsync(string token) => SendAsync(HttpMethod.Post, "/refresh", token);

    public async Task<TokenPair> RefreshedAsync(TokenPair pair)
    {
        using var answer = await RefreshAsync(pair.RefreshToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<TokenPair>(Json))!;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonNode> BodyAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = Server.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public static System.Text.Json.JsonSerializerOptions Json { get; } = JsonConventions.Apply(new());

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
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

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureAuth<Person>();
}
