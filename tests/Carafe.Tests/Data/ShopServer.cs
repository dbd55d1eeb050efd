using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Data;

/// <summary>The shop, running in memory.</summary>
internal sealed class ShopServer : IAsyncDisposable
{
    /// <summary>A SQLite file of its own.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>A PostgreSQL database of its own.</summary>
    public const string Postgres = "postgresql";

    private ShopServer(WebApplication app) => App = app;

    public WebApplication App { get; }

    private string? _file;

    public HttpClient Client => field ??= App.GetTestClient();

    public static async Task<ShopServer> StartAsync(string? databaseUrl = null, Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null)
    {
        var file = databaseUrl == Sqlite ? Path.Combine(Directory.CreateTempSubdirectory("carafe-").FullName, "shop.db") : null;
        databaseUrl = file is not null ? $"sqlite:///{file}" : databaseUrl == Postgres ? await NewPostgresAsync() : databaseUrl;
        var app = Shop.Create(
            builder =>
            {
                builder.WebHost.UseTestServer();
                builder.Logging.ClearProviders();
                builder.Configuration["DATABASE_URL"] = databaseUrl;
                configure?.Invoke(builder);
            },
            map);
        await app.StartAsync();
        return new ShopServer(app) { _file = file };
    }

    public async Task SeedAsync(Func<ShopDb, Task> seed)
    {
        await using var scope = App.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        await seed(db);
        await db.SaveChangesAsync();
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null) =>
        await Client.SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        if (_file is not null)
        {
            Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
        }
    }

    private static async Task<string> NewPostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
    }
}
