namespace Carafe.Auth;

/// <summary>Defines the ids under which security events are logged, at Warning, for alerts.</summary>
internal static class SecurityEvents
{
    public static readonly EventId RefreshReuse = new(4101, nameof(RefreshReuse));
    public static readonly EventId LoginRefused = new(4102, nameof(LoginRefused));
}
