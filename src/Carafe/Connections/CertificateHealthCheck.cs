using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Connections;

/// <summary>
/// Says when the certificate that is served has expired. The app serves on: who does not look at certificates is not refused, and a new one is taken without
/// a restart.
/// </summary>
internal sealed class CertificateHealthCheck(TlsCertificate certificate) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(certificate.Remaining is { } left && left <= TimeSpan.Zero
            ? HealthCheckResult.Degraded($"The certificate of TLS_CERT expired {-left:d\\.hh\\:mm\\:ss} ago.") : HealthCheckResult.Healthy());
}
