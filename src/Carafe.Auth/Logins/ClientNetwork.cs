using System.Net;
using System.Net.Sockets;

namespace Carafe.Auth;

/// <summary>Determines the network that a request comes from, for whatever is counted by address.</summary>
internal static class ClientNetwork
{
    /// <summary>Returns the IPv4 address, or the /64 of an IPv6 address: a host with one address has all of it.</summary>
    public static string Of(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes(), 0, 8),
        _ => address.ToString(),
    };
}
