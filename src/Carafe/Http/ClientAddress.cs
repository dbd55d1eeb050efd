using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;
using IPNetwork = System.Net.IPNetwork;

namespace Carafe.Http;

/// <summary>Takes the caller's address, the scheme and the host from the proxies that are trusted, and from nobody else.</summary>
internal static class ClientAddress
{
    private const string Untrusted =
        "{Header} came from {Address}, and no proxy is trusted: "
        + "all callers behind it count as one address. If it is yours, set TRUSTED_PROXIES to its network";

    public static void UseClientAddress(this WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<IOptions<HttpSettings>>();
        app.Use(next =>
        {
            var networks = trusted.Value.TrustedNetworks();
            var hosts = AllowedHosts(app.Configuration);
            return networks.Count == 0 ? Warned(app, next)
                : trusted.Value.ProxyHeaders == ProxyHeaderKind.Forwarded ? context => next(Take(context, networks, hosts))
                : app.Branch(branch => branch.UseForwardedHeaders(Options(networks, hosts)), next);
        });
    }

    // The platform refuses other hosts before it is known what a proxy was asked for. Empty: any host.
    private static IList<StringSegment> AllowedHosts(IConfiguration configuration) =>
        (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is var hosts
            && hosts.Contains("*") ? [] : [.. hosts.Select(host => new StringSegment(host))];

    // From the right, the first hop that is not trusted is the caller. What stands left of it is the caller's own word.
    private static ForwardedHeadersOptions Options(IReadOnlyList<IPNetwork> networks, IList<StringSegment> hosts)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
            AllowedHosts = [.. hosts.Select(host => host.ToString())],
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        return options;
    }

    // The same walk over the hops of RFC 7239.
    private static HttpContext Take(HttpContext context, IReadOnlyList<IPNetwork> networks, IList<StringSegment> hosts)
    {
        foreach (var hop in ForwardedHeader.FromTheNearest(context.Request.Headers["Forwarded"].ToArray()))
        {
            if (context.Connection.RemoteIpAddress is not { } peer || !IsTrusted(peer, networks) || hop.For is not { } caller)
            {
                break;
            }

            context.Connection.RemoteIpAddress = caller;
            if (hop.Proto is "http" or "https")
            {
                context.Request.Scheme = hop.Proto;
            }

            if (hop.Host is { Length: > 0 } host && Uri.CheckHostName(new HostString(host).Host.Trim('[', ']')) != UriHostNameType.Unknown
                && (hosts.Count == 0 || HostString.MatchesAny(new HostString(host).Host, hosts)))
            {
                context.Request.Host = new HostString(host);
            }
        }

        return context;
    }

    private static bool IsTrusted(IPAddress peer, IReadOnlyList<IPNetwork> networks)
    {
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return networks.Any(network => network.Contains(address));
    }

    private static RequestDelegate Warned(WebApplication app, RequestDelegate next)
    {
        var warned = 0;
        return context =>
        {
            if (warned == 0 && Forwarding(context.Request.Headers) is { } header && Interlocked.Exchange(ref warned, 1) == 0)
            {
                app.Logger.LogWarning(Untrusted, header, context.Connection.RemoteIpAddress);
            }

            return next(context);
        };
    }

    private static string? Forwarding(IHeaderDictionary headers) =>
        headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName) ? ForwardedHeadersDefaults.XForwardedForHeaderName
        : headers.ContainsKey("Forwarded") ? "Forwarded"
        : null;
}
