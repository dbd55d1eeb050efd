using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Carafe.Http;

/// <summary>Takes the caller's address and scheme from the proxies that are trusted, and from nobody else.</summary>
internal static class ClientAddress
{
    private const string Untrusted =
        "X-Forwarded-For came from {Address}, and no proxy is trusted: "
        + "all callers behind it count as one address. If it is yours, set TRUSTED_PROXIES to its network";

    public static void UseClientAddress(this WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<IOptions<HttpSettings>>();
        app.Use(next =>
        {
            var networks = trusted.Value.TrustedNetworks();
            return networks.Count == 0 ? Warned(app, next) : app.Branch(branch => branch.UseForwardedHeaders(Options(networks)), next);
        });
    }

    // From the right, the first hop that is not trusted is the caller. What stands left of it is the caller's own word.
    private static ForwardedHeadersOptions Options(IReadOnlyList<IPNetwork> networks)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        return options;
    }

    private static RequestDelegate Warned(WebApplication app, RequestDelegate next)
    {
        var warned = 0;
        return context =>
        {
            if (warned == 0
                && context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName)
                && Interlocked.Exchange(ref warned, 1) == 0)
            {
                app.Logger.LogWarning(Untrusted, context.Connection.RemoteIpAddress);
            }

            return next(context);
        };
    }
}
