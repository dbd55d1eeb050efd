using System.ComponentModel.DataAnnotations;
using System.Net;
using IPNetwork = System.Net.IPNetwork;

namespace Carafe;

/// <summary>Holds the settings of HTTP.</summary>
public sealed class HttpSettings : IValidatableObject
{
    /// <summary>
    /// Gets <c>CORS_ORIGINS</c>: the origins whose pages may call this API from a browser, separated by commas, such as
    /// <c>https://app.example.com</c>. Default: none.
    /// </summary>
    public string[] CorsOrigins { get; init; } = [];

    /// <summary>
    /// Gets <c>MAX_BODY_SIZE</c>: the largest request body in bytes; larger bodies are 413. The platform's <c>[RequestSizeLimit]</c> metadata
    /// overrides it for an endpoint. Default: 1,048,576.
    /// </summary>
    [Range(1024, 1L << 40)]
    public long MaxBodySize { get; init; } = 1024 * 1024;

    /// <summary>
    /// Gets <c>REQUEST_TIMEOUT</c>: how long an endpoint may run before it is cancelled and the response is 503, such as <c>30s</c>. The
    /// platform's <c>WithRequestTimeout</c> and <c>DisableRequestTimeout</c> override it for an endpoint. Default: 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets <c>ACCESS_LOG</c>: whether each request is logged in one line. Default: true.</summary>
    public bool AccessLog { get; init; } = true;

    /// <summary>
    /// Gets <c>TRUSTED_PROXIES</c>: the networks of the proxies in front, comma-separated, such as <c>10.0.0.0/8,192.0.2.7</c>. What they say in
    /// the headers of <see cref="ProxyHeaders"/> is believed: the first address from the right that is not in one of them is the caller's. Default: none.
    /// </summary>
    public string[] TrustedProxies { get; init; } = [];

    /// <summary>
    /// Gets <c>PROXY_HEADERS</c>: what the trusted proxies write: <c>x_forwarded</c>, which is <c>X-Forwarded-For</c>, <c>-Proto</c> and
    /// <c>-Host</c>, or <c>forwarded</c> (RFC 7239). The other is never read: a proxy passes on what it does not write. Default: x_forwarded.
    /// </summary>
    public ProxyHeaderKind ProxyHeaders { get; init; }

    internal IReadOnlyList<IPNetwork> TrustedNetworks() => [.. TrustedProxies.Select(Network).OfType<IPNetwork>()];

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) =>
    [
        .. CorsErrors(),
        .. TrustedProxies.Where(proxy => Network(proxy) is null)
            .Select(proxy => new ValidationResult($"TRUSTED_PROXIES: '{proxy}' is no network, such as 10.0.0.0/8, and no address.")),
    ];

    internal static IPNetwork? Network(string text)
    {
        // The platform reads 10 as 0.0.0.10, and 10.1 as 10.0.0.1.
        var written = text.Split('/')[0];
        if (!written.Contains(':', StringComparison.Ordinal) && written.Split('.').Length != 4)
        {
            return null;
        }

        IPNetwork? network = IPNetwork.TryParse(text, out var range) ? range
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : null;
        // Callers are compared as IPv4 where they have such an address.
        return network is { BaseAddress.IsIPv4MappedToIPv6: true, PrefixLength: >= 96 } mapped
            ? new IPNetwork(mapped.BaseAddress.MapToIPv4(), mapped.PrefixLength - 96)
            : network;
    }

    private IEnumerable<ValidationResult> CorsErrors() =>
        from origin in CorsOrigins
        where !Uri.TryCreate(origin, UriKind.Absolute, out var url)
            || !origin.Equals(url.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase)
            || !url.Scheme.StartsWith("http", StringComparison.Ordinal)
        select new ValidationResult($"CORS_ORIGINS: '{origin}' is not an origin, such as https://app.example.com.");
}
