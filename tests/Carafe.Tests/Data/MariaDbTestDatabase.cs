using Carafe.MySql.Tests;

namespace Carafe.Tests.Data;

/// <summary>An empty database on a throw-away MariaDB.</summary>
internal sealed class MariaDbTestDatabase(MariaDbServer server, string name, string user = "root", string options = "") : ITestDatabase
{
    // A machine that runs all tests takes longer than a second to connect.
    public string Url => $"mariadb://{user}@localhost:{server.Port}/{name}?connect-timeout=15{options}";

    public static async Task<MariaDbTestDatabase> CreateAsync()
    {
        var server = await MariaDbServer.SharedAsync();
        return new MariaDbTestDatabase(server, await server.CreateDatabaseAsync());
    }

    public async ValueTask DisposeAsync() => await server.SqlAsync($"DROP DATABASE {name}");
}
