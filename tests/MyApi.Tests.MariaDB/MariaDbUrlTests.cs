using Carafe.MySql.Tests;

namespace MyApi.Tests;

public sealed class MariaDbUrlTests
{
    [Theory]
    [InlineData("mysql://user:hunter2@host/", "name")]
    [InlineData("mysql://user:hunter2@host/name?colour=red", "colour")]
    [InlineData("mysql://user:hunter2@host/name?ssl-mode=perhaps", "ssl-mode")]
    [InlineData("mariadb://user:hunter2@host/name?charset=latin1", "charset")]
    [InlineData("mariadb://user:hunter2@host/name?socket=relative", "socket")]
    [InlineData("mariadb://user:hunter2@host/name?max_pool_size=none", "max-pool-size")]
    public async Task A_url_that_cannot_be_used_stops_the_start_naming_the_part_and_never_the_password(string url, string part)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartAsync(MyApp.Create, database: new Elsewhere(url)));
        Assert.Contains("DATABASE_URL", fault.Message, StringComparison.Ordinal);
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_is_reached_by_its_socket()
    {
        var server = await MariaDbServer.SharedAsync();
        var url = $"mariadb://root@localhost/{await server.CreateDatabaseAsync()}?unix_socket={Uri.EscapeDataString(server.Socket)}&ssl_mode=disabled";
        await using var app = await TestApp.StartAsync(MyApp.Create, database: new Elsewhere(url));
        await app.Client.GetAsync("/posts").Expect(200);
    }

    [Fact]
    public async Task A_server_without_a_certificate_that_can_be_checked_is_refused_where_that_is_asked()
    {
        var server = await MariaDbServer.SharedAsync();
        var url = $"mariadb://root@127.0.0.1:{server.Port}/{await server.CreateDatabaseAsync()}?ssl-mode=verify-identity";
        await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartAsync(MyApp.Create, database: new Elsewhere(url)));
    }

    internal sealed class Elsewhere(string url) : ITestDatabase
    {
        public string Url => url;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
