using System.Collections.Concurrent;
using System.Reflection;

namespace Carafe.Testing;

/// <summary>Represents a database on the test process's throw-away PostgreSQL, copied from one that the app itself migrated.</summary>
public sealed class PostgresTestDatabase : ITestDatabase
{
    private static readonly ConcurrentDictionary<MethodInfo, Lazy<Task<string>>> Templates = new();

    private readonly PostgresServer _server;

    private PostgresTestDatabase(PostgresServer server, string url) => (_server, Url) = (server, url);

    /// <inheritdoc/>
    public string Url { get; }

    /// <summary>
    /// Creates a database with the schema of an app. The first call for a factory starts the server and runs the app's migrations; later calls copy the
    /// database. A lambda that captures variables may be another app each time: it gets an empty database, which the app migrates when it starts.
    /// </summary>
    /// <param name="create">The application factory. Default: none, an empty database.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed: check <see cref="PostgresServer.Missing"/> first.</exception>
    public static async Task<PostgresTestDatabase> CreateAsync(Func<string[], Action<WebApplicationBuilder>?, WebApplication>? create = null)
    {
        var server = await PostgresServer.SharedAsync();
        if (create is null || !TestTemplate.IsOneApp(create))
        {
            return new PostgresTestDatabase(server, await server.CreateDatabaseAsync());
        }

        var template = await Templates.GetOrAdd(create.Method,
            _ => new(async () => await TestTemplate.MigrateAsync(create, await server.CreateDatabaseAsync()))).Value;
        return new PostgresTestDatabase(server, await server.CreateDatabaseAsync(NameOf(template)));
    }

    /// <summary>Drops the database.</summary>
    public async ValueTask DisposeAsync() => await _server.SqlAsync($"DROP DATABASE {NameOf(Url)} WITH (FORCE)");

    private static string NameOf(string url) => url[(url.LastIndexOf('/') + 1)..];
}
