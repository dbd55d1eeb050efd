using System.Diagnostics;
using Carafe.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Carafe.Tests.Http;

/// <summary>The ceiling of connections, whatever an app says of its endpoints.</summary>
public sealed class ConnectionGuardTests
{
    private const int Most = 32;

    // And as many more that are being closed.
    private const int Accepted = 64;

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
        for (var connection = 0; connection < Accepted + 10; connection++)
        {
            using var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
            await client.SendAsync("GET /items/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_idle_connection_makes_room_for_a_new_one(string name)
    {
        await using var app = await StartAsync(name);
        var clients = new List<RawConnection>();
        try
        {
            // 503 while none of the others has been idle for long enough.
            for (var (patience, status) = (Stopwatch.StartNew(), 200); clients.Count <= Most || status == 503;)
            {
                Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60));
                var client = await RawConnection.OpenAsync(app.Client.BaseAddress!);
                clients.Add(client);
                await client.SendAsync("GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n");
                status = (await client.ReadAsync()).Status;
            }

            var closed = 0;
            foreach (var client in clients.Take(Most))
            {
                closed += await Record.ExceptionAsync(async () =>
                {
                    await client.SendAsync("GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n");
                    await client.ReadAsync();
                }) is null ? 0 : 1;
            }

            Assert.True(closed > 0);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
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
