using System.Net;
using System.Net.Sockets;

namespace Carafe.Auth;

/// <summary>The network that a request comes from, for whatever is counted by address.</summary>
internal static class ClientNetwork
{
    /// <summary>The IPv4 address, or the /64 of an IPv6 address, which whoever has one address has as a whole.</summary>
    public static string Of(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes(), 0, 8),
        _ => address.ToString(),
    };
}
