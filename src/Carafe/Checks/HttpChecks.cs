using System.Globalization;
using Carafe.Configuration;
using Carafe.Connections;
using Carafe.Hosting;
using Carafe.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Carafe.Checks;

/// <summary>Checks how the app meets the network: addresses, proxies, hosts, origins, limits and the endpoints themselves.</summary>
internal static class HttpChecks
{
    private const string Page = "docs/checks.md";
    private const long Megabyte = 1L << 20;

    public static IEnumerable<Check> All => [.. OfNetwork, .. OfLimits, .. OfEndpoints];

    private static IEnumerable<Check> OfNetwork =>
    [
        new("C301", CheckSeverity.Warning, context => ConfigurationChecks.When(!ListensWithTls(context) && Settings(context).TrustedProxies.Length == 0,
            "The app listens without TLS, and no proxy in front of it is named."))
        {
            Why = "Passwords and tokens cross the network as they are; links and cookies say http.",
            Remedy = "TRUSTED_PROXIES=10.0.0.0/24 for a proxy that ends TLS, or TLS_CERT and TLS_KEY",
            Page = Page + "#c301",
            Deploy = true,
        },
        new("C302", CheckSeverity.Error, context => from network in Settings(context).TrustedNetworks()
            let v4 = network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            where network.PrefixLength < (v4 ? 8 : 16)
            select $"TRUSTED_PROXIES trusts {network}.")
        {
            Why = "Whoever is in it chooses the address that limits and logs see.",
            Remedy = "Name the proxies alone: TRUSTED_PROXIES=10.0.0.0/24",
            Page = Page + "#c302",
            AtStart = true,
        },
        new("C303", CheckSeverity.Warning, context => ConfigurationChecks.When(context.Setting("AllowedHosts") is null or "" or "*",
            "Requests for any host name are answered."))
        {
            Why = "Links that the app writes carry the name that the caller sent.",
            Remedy = "AllowedHosts=api.example.com, unless the proxy in front refuses other names",
            Page = Page + "#c303",
            Deploy = true,
        },
        new("C304", CheckSeverity.Warning, context => from origin in Settings(context).CorsOrigins
            where Uri.TryCreate(origin, UriKind.Absolute, out var url) && (url.Scheme == "http" || url.IsLoopback)
            select $"CORS_ORIGINS allows {origin}.")
        {
            Why = "Anybody on the same network can put code into a page without TLS, and any program on a user's machine can serve one on localhost.",
            Remedy = "CORS_ORIGINS=https://app.example.com",
            Page = Page + "#c304",
            Deploy = true,
        },
        new("C305", CheckSeverity.Warning, context => ConfigurationChecks.When(
            context.Setting("PROXY_HEADERS") is { Length: > 0 } && Settings(context).TrustedProxies.Length == 0,
            "PROXY_HEADERS is set, and no proxy is named."))
        {
            Why = "The headers are read from nobody: limits and logs see the proxy in place of each caller.",
            Remedy = "TRUSTED_PROXIES=10.0.0.0/24, or no PROXY_HEADERS",
            Page = Page + "#c305",
            Deploy = true,
        },
        new("C306", CheckSeverity.Warning, Certificate)
        {
            Why = "Clients refuse the app from then on.",
            Remedy = "Renew it, and replace the files of TLS_CERT and TLS_KEY; the app takes them without a restart",
            Page = Page + "#c306",
            Deploy = true,
        },
    ];

    private static IEnumerable<string> Certificate(CheckContext context)
    {
        var tls = context.Services.GetRequiredService<IOptions<TlsSettings>>().Value;
        var now = context.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        return tls.IsOn && TlsPair.TryLoad(tls.TlsCert!, tls.TlsKey!, out _) is { } pair && (now < pair.NotBefore || pair.NotAfter - now < TlsCertificate.Soon)
            ? [$"The certificate of TLS_CERT is valid from {pair.NotBefore:u} to {pair.NotAfter:u}."] : [];
    }

    private static IEnumerable<Check> OfLimits =>
    [
        new("C311", CheckSeverity.Warning, context => from size in new[] { Settings(context).MaxBodySize }
            where size > 16 * Megabyte
            select string.Create(CultureInfo.InvariantCulture, $"MAX_BODY_SIZE allows {size / Megabyte} MB on every endpoint."))
        {
            Why = "A few callers can fill the memory with bodies that no endpoint needs.",
            Remedy = "Remove MAX_BODY_SIZE, and raise the limit of the endpoint that needs it: .WithBodyLimit(bytes)",
            Page = Page + "#c311",
            Deploy = true,
        },
        new("C312", CheckSeverity.Warning, context => from endpoint in context.Endpoints
            where endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is { MaxRequestBodySize: null }
            select $"{RouteTable.Describe(endpoint)} takes bodies of any size.")
        {
            Why = "One caller can fill the disk or the memory.",
            Remedy = ".WithBodyLimit(bytes)",
            Page = Page + "#c312",
        },
        new("C313", CheckSeverity.Warning, context => from time in new[] { Settings(context).RequestTimeout }
            where time > TimeSpan.FromMinutes(5)
            select $"REQUEST_TIMEOUT is {SettingFormat.Text(time)}.")
        {
            Why = "A handler that hangs keeps its connection, its memory and its place at the database for as long.",
            Remedy = "Remove REQUEST_TIMEOUT, and give the slow endpoint its own: .WithRequestTimeout(time)",
            Page = Page + "#c313",
            Deploy = true,
        },
        new("C314", CheckSeverity.Information, context => from endpoint in context.Endpoints
            where endpoint.Metadata.LastOrDefault(item => item is DisableRequestTimeoutAttribute or RequestTimeoutAttribute or RequestTimeoutPolicy)
                is DisableRequestTimeoutAttribute
            select $"{RouteTable.Describe(endpoint)} may run for ever.")
        {
            Why = "A handler that hangs is never given up.",
            Remedy = ".WithRequestTimeout(time) in place of .DisableRequestTimeout()",
            Page = Page + "#c314",
        },
        new("C315", CheckSeverity.Warning, context => ConfigurationChecks.When(
            context.Services.GetService<LimitSettings>()?.RatelimitEnabled is false, "RATELIMIT_ENABLED is false."))
        {
            Why = "Passwords can be guessed as fast as the server answers, and one caller can take all of it.",
            Remedy = "Remove RATELIMIT_ENABLED",
            Page = Page + "#c315",
            Deploy = true,
        },
    ];

    private static IEnumerable<Check> OfEndpoints =>
    [
        new("C321", CheckSeverity.Information, async (context, _) =>
        {
            var open = new List<string>();
            foreach (var endpoint in context.Endpoints.Where(Writes))
            {
                if (await AuthorizationSummary.DescribeAsync(endpoint, context.Services) == AuthorizationSummary.Anyone)
                {
                    open.Add($"{RouteTable.Describe(endpoint)} is open to anyone.");
                }
            }

            return open;
        })
        {
            Why = "Each is a door: it should be on this list because somebody meant it.",
            Remedy = ".RequireAuthorization() where it is not meant",
            Page = Page + "#c321",
            Deploy = true,
        },
        new("C322", CheckSeverity.Error, async (context, _) =>
            context.Services.GetService<IAuthorizationPolicyProvider>() is { } policies && await policies.GetFallbackPolicyAsync() is not null ? []
                : ["Endpoints without a word about authorization are open to anyone."])
        {
            Why = "An endpoint that somebody forgot to close is open.",
            Remedy = "services.AddAuth<...>() and app.UseAuth(), or a fallback policy of your own: services.AddAuthorizationBuilder().SetFallbackPolicy(...)",
            Page = Page + "#c322",
            Deploy = true,
        },
        new("C323", CheckSeverity.Warning, context => ConfigurationChecks.When(
            !context.Endpoints.Any(endpoint => RouteTable.Path(endpoint).EndsWith(ProbePaths.Ready, StringComparison.Ordinal)),
            "No endpoint tells whether the app is ready."))
        {
            Why = "A balancer goes on sending requests to a replica that cannot serve.",
            Remedy = "app.MapHealth()",
            Page = Page + "#c323",
            Deploy = true,
        },
        new("C324", CheckSeverity.Error, context => context.Services.GetServices<IRouteValidator>().Where(validator => validator is not StartChecks)
            .SelectMany(validator => validator.Errors(context.Endpoints)))
        {
            Why = "The start refuses it, with exit code 78.",
            Remedy = "Correct the setting or the endpoint that the sentence names.",
            Page = Page + "#c324",
        },
    ];

    private static HttpSettings Settings(CheckContext context) => context.Services.GetRequiredService<HttpSettings>();

    private static bool Writes(RouteEndpoint endpoint) =>
        RouteTable.Methods(endpoint).Any(method => method is not ("GET" or "HEAD" or "OPTIONS"));

    private static bool ListensWithTls(CheckContext context) =>
        Addresses(context).Any(address => address.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        || context.Setting("https_ports") is { Length: > 0 } || context.Services.GetRequiredService<TlsSettings>().IsOn;

    private static IEnumerable<string> Addresses(CheckContext context) =>
    [
        .. ServerUrls.Split(context.Services.GetRequiredService<CarafeSettings>().AspnetcoreUrls),
        .. ServerUrls.Split(context.Setting("urls")),
        .. context.App.Urls,
        .. context.App.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>(),
    ];
}
