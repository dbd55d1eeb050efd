namespace Carafe;

/// <summary>Lists what proxies write about the caller.</summary>
public enum ProxyHeaderKind
{
    /// <summary><c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c> and <c>X-Forwarded-Host</c>.</summary>
    XForwarded,

    /// <summary><c>Forwarded</c> (RFC 7239).</summary>
    Forwarded,
}
