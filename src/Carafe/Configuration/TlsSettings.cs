using System.ComponentModel.DataAnnotations;

namespace Carafe.Configuration;

/// <summary>Holds the settings of TLS and of the listeners beside it.</summary>
internal sealed class TlsSettings : IValidatableObject
{
    /// <summary>
    /// Gets <c>TLS_CERT</c>: the PEM file of the certificate and those that lead to its authority, in that order. With it <c>PORT</c> speaks TLS. It is
    /// read again when it changes, and on SIGHUP. Default: none.
    /// </summary>
    public string? TlsCert { get; init; }

    /// <summary>Gets <c>TLS_KEY</c>: the PEM file of the certificate's private key, without a password. Default: none.</summary>
    public string? TlsKey { get; init; }

    /// <summary>
    /// Gets <c>HTTP_REDIRECT_PORT</c>: a port without TLS, such as 80, which sends every request to the address with TLS (308). Default: none.
    /// </summary>
    [Range(1, 65535)]
    public int? HttpRedirectPort { get; init; }

    /// <summary>
    /// Gets <c>H2C_PORT</c>: a port for HTTP/2 without TLS and nothing else, for a proxy that speaks it. Default: none.
    /// </summary>
    [Range(1, 65535)]
    public int? H2cPort { get; init; }

    public bool IsOn => TlsCert is not null && TlsKey is not null;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext context)
    {
        if (TlsCert is null != TlsKey is null)
        {
            yield return new("TLS_CERT and TLS_KEY: one of them is set; TLS needs both.");
        }

        if (IsOn && TlsPair.TryLoad(TlsCert!, TlsKey!, out var error) is null)
        {
            yield return new(error);
        }

        if (HttpRedirectPort is not null && !IsOn)
        {
            yield return new("HTTP_REDIRECT_PORT: there is nowhere to send anybody without TLS_CERT and TLS_KEY.");
        }

        if (HttpRedirectPort is { } port && port == H2cPort)
        {
            yield return new($"HTTP_REDIRECT_PORT and H2C_PORT: both are {port}.");
        }
    }
}
