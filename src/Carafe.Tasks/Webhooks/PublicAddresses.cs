using System.Net;
using System.Net.Sockets;

namespace Carafe.Tasks.Webhooks;

/// <summary>Tells addresses of the public Internet from those that only machines beside this one should reach.</summary>
internal static class PublicAddresses
{
    // IANA's registries of special-purpose addresses (RFC 6890), multicast, and the one public address that a cloud's metadata has (Azure).
    private static readonly IPNetwork[] Special4 = Networks("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
        + "192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
        + "224.0.0.0/4 240.0.0.0/4 168.63.129.16/32");

    // Of IPv6 only this is the Internet, and in it these are not, or hold an IPv4 address.
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] Special6 = Networks("2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20");

    public static bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork ? !Special4.Any(network => network.Contains(plain))
            : Global6.Contains(plain) && !Special6.Any(network => network.Contains(plain));
    }

    private static IPNetwork[] Networks(string text) => [.. text.Split(' ').Select(IPNetwork.Parse)];
}
