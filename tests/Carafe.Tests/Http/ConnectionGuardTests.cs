using Carafe.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Carafe.Tests.Http;

/// <summary>The ceiling of connections, whatever an app says of its endpoints.</summary>
public sealed class ConnectionGuardTests
{
    // 32 connections, and 32 more that are being closed.
    private const int Ceiling = 64;

    private static readonly (string Name, Action<WebApplicationBuilder> Of)[] Apps =
    [
        ("nothing", _ => { }),
        ("endpoint defaults", builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(_ => { }))),
        ("https defaults", builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(_ => { }))),
        ("an endpoint of its own", builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0))),
    ];

    public static TheoryData<string> Names => [.. Apps.Select(app => app.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_server_accepts_more_connections_one_after_another_than_at_once(string name)
    {
        await using var app = await StartAsync(name);
        for (var connection = 0; connection < Ceiling + 10; connection++)
        {
            using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
            await client.SendAsync("GET /items/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Idle_connections_make_room_for_new_ones(string name)
    {
        await using var app = await StartAsync(name);
        var clients = new List<RawConnection>();
        try
        {
            for (var connection = 0; connection < Ceiling + 10; connection++)
            {
                var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
                clients.Add(client);
                await client.SendAsync("GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n");
                // 503 while none of the others has been idle for long enough.
                Assert.True((await client.ReadAsync()).Status is 200 or 503);
            }
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        Assert.Equal(200, (await app.SendAsync("GET", "/items/1")).Status);
    }

    private static Task<TestApp> StartAsync(string name) => SmallApp.StartAsync(
        Items.Map,
        builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(MachineLimits.Of(1L << 30, descriptors: 332)));
            Apps.Single(app => app.Name == name).Of(builder);
        },
        listen: true);
}
