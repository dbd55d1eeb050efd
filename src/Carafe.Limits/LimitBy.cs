using System.Globalization;
using System.Security.Claims;

namespace Carafe.Limits;

/// <summary>Says whom a limit counts, for <see cref="LimitEndpointExtensions.WithLimit"/>: <c>by: LimitBy.Address</c>.</summary>
public static class LimitBy
{
    /// <summary>Counts each account, and each address of callers who are not signed in.</summary>
    /// <param name="context">The request's context.</param>
    public static LimitKey AccountOrAddress(HttpContext context) =>
        (context.User.FindFirstValue("sub") ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier)) is not { } subject ? Address(context)
        : long.TryParse(subject, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? LimitKey.Account(id)
        : LimitKey.Of("sub " + subject);

    /// <summary>Counts each address: the IPv4 address, or the /64 of an IPv6 address. Behind proxies, see <c>TRUSTED_PROXIES</c>.</summary>
    /// <param name="context">The request's context.</param>
    public static LimitKey Address(HttpContext context) => LimitKey.Address(context.Connection.RemoteIpAddress);

    /// <summary>Counts everybody together.</summary>
    /// <param name="_">The request's context.</param>
    public static LimitKey Everybody(HttpContext _) => LimitKey.Everybody;
}
