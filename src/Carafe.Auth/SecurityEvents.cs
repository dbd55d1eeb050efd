namespace Carafe.Auth;

/// <summary>The ids under which security events are logged, at Warning: what an alert would look for.</summary>
internal static class SecurityEvents
{
    public static readonly EventId RefreshReuse = new(4101, nameof(RefreshReuse));
    public static readonly EventId LoginRefused = new(4102, nameof(LoginRefused));
}
