using Carafe.MySql.Tests;

namespace MyApi.Tests;

public sealed class MariaDbOutageTests
{
    [Fact]
    public async Task A_frozen_server_is_503_within_seconds_and_the_app_recovers_from_it_and_from_a_crash()
    {
        await using var server = await MariaDbServer.StartAsync();
        var url = $"mariadb://root@127.0.0.1:{server.Port}/{await server.CreateDatabaseAsync()}";
        await using var app = await TestApp.StartAsync(MyApp.Create, database: new MariaDbUrlTests.Elsewhere(url));
        await app.Client.GetAsync("/posts").Expect(200);
        await server.PauseAsync();
        var responses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => app.Client.GetAsync("/posts"))).WaitAsync(TimeSpan.FromSeconds(20));
        await server.ResumeAsync();
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode));
        await app.Client.GetAsync("/posts").Expect(200);
        await server.KillAsync();
        await app.Client.GetAsync("/posts").Expect(503);
        await server.RestartAsync();
        await app.Client.GetAsync("/posts").Expect(200);
    }
}
