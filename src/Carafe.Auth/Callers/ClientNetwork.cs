using System.Net;

namespace Carafe.Auth;

/// <summary>Determines the network that a request comes from, for whatever is counted by address.</summary>
internal static class ClientNetwork
{
    /// <summary>Returns the IPv4 address, or the /64 of an IPv6 address: a host with one address has all of it.</summary>
    public static string Of(IPAddress? address) => LimitKey.Address(address).ToString();
}
