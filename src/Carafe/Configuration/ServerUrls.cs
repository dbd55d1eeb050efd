using System.Globalization;
using Carafe.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Carafe;

/// <summary>
/// Chooses the addresses to listen on, unless code or the platform's own configuration has. A test server has no addresses and is left alone.
/// </summary>
internal sealed class ServerUrls(
    IServer server, IConfiguration configuration, IHostEnvironment environment, IOptions<CarafeSettings> settings, IOptions<TlsSettings> tls) : IHostedService
{
    private const int DefaultPort = 5000;

    // The platform's own settings: UseUrls and DOTNET_URLS, the ports that the container images set, endpoints with certificates.
    private static readonly string[] Platform = ["urls", "http_ports", "https_ports"];

    // The server starts after every hosted service.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // systemd has the sockets already.
        if (SocketActivation.IsThere)
        {
            return Task.CompletedTask;
        }

        if (server.Features.Get<IServerAddressesFeature>()?.Addresses is { IsReadOnly: false } addresses)
        {
            var beside = Beside().ToList();
            var urls = addresses.Count > 0 ? [] : Choose().ToList();
            if (addresses.Count == 0 && urls.Count == 0 && beside.Count > 0)
            {
                // The platform adds its own only where there is none.
                urls.AddRange(OfPlatform());
            }

            foreach (var url in urls.Concat(beside))
            {
                addresses.Add(url);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public string Url(string? host, int? port)
    {
        var number = (port ?? settings.Value.Port ?? DefaultPort).ToString(CultureInfo.InvariantCulture);
        return $"{(tls.Value.IsOn ? "https" : "http")}://{Bracket(host ?? (environment.IsProduction() ? "*" : "127.0.0.1"))}:{number}";
    }

    public static IEnumerable<string> Split(string? urls) => (urls ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public static bool IsValid(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https" };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private IEnumerable<string> Beside() =>
        new[] { tls.Value.HttpRedirectPort, tls.Value.H2cPort }.OfType<int>()
            .Select(port => string.Create(CultureInfo.InvariantCulture, $"http://{(environment.IsProduction() ? "*" : "127.0.0.1")}:{port}"));

    private IEnumerable<string> OfPlatform() =>
        configuration["urls"] is { Length: > 0 } urls ? Split(urls)
            : [
                .. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"),
                .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}"),
            ];

    private static string Bracket(string host) => host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host;

    private IEnumerable<string> Choose() =>
        settings.Value.AspnetcoreUrls is { } urls ? Split(urls)
        : configuration["urls"] is { Length: > 0 } ? []
        : settings.Value.Port is not null ? [Url(null, null)]
        : Array.Exists(Platform, key => configuration[key] is { Length: > 0 }) || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() ? []
        : [Url("127.0.0.1", DefaultPort)];
}
