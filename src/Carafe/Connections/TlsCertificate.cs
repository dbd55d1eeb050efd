using System.Security.Authentication;
using Carafe.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Carafe.Connections;

/// <summary>
/// Serves the certificate of TLS_CERT and TLS_KEY, and reads the files again when they change. A new pair that is broken is logged, and the old one stays.
/// </summary>
internal sealed class TlsCertificate(IOptions<TlsSettings> settings, TimeProvider clock, ILogger<TlsCertificate> logger)
    : BackgroundService, IReloadable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    private readonly Lock _reading = new();
    private volatile TlsPair? _pair;

    public bool IsConfigured => settings.Value.IsOn;

    /// <summary>Serves it on every address with TLS that has no certificate of its own.</summary>
    public void Serve(HttpsConnectionAdapterOptions https)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (!IsConfigured)
        {
            return;
        }

        https.ServerCertificateSelector = (_, _) => Pair().Certificate;
        // A selected certificate is sent alone; clients need those that lead to its authority as well.
        https.OnAuthenticate = (_, handshake) =>
        {
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = Pair().Context;
        };
    }

    public void Reload()
    {
        if (TlsPair.TryLoad(settings.Value.TlsCert!, settings.Value.TlsKey!, out var error) is not { } pair)
        {
            logger.LogError("The certificate stays as it was: {Reason}", error);
            return;
        }

        _pair = pair;
        var left = pair.Certificate.NotAfter.ToUniversalTime() - clock.GetUtcNow();
        logger.Log(left < Soon ? LogLevel.Warning : LogLevel.Information, "Serves the certificate of {Subject}, which is valid until {NotAfter:u}",
            pair.Certificate.Subject, pair.Certificate.NotAfter.ToUniversalTime());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsConfigured)
        {
            return;
        }

        var served = Stamps();
        Reload();
        using var timer = new PeriodicTimer(Interval, clock);
        // Two files are replaced one after the other: they are read once they have rested.
        for (var seen = served; await NextAsync(timer, stoppingToken);)
        {
            var now = Stamps();
            if (now != served && now == seen)
            {
                served = now;
                Reload();
            }

            seen = now;
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // The first connection may come before the service has started. The start has checked the files.
    private TlsPair Pair()
    {
        lock (_reading)
        {
            return _pair ??= TlsPair.TryLoad(settings.Value.TlsCert!, settings.Value.TlsKey!, out var error)
                ?? throw new InvalidOperationException(error);
        }
    }

    // Also behind links, as Kubernetes and certbot have them.
    private (DateTime, DateTime) Stamps() => (Stamp(settings.Value.TlsCert!), Stamp(settings.Value.TlsKey!));

    private static DateTime Stamp(string path)
    {
        try
        {
            return File.GetLastWriteTimeUtc(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Between the old file and the new one there may be none. Reading it says so, once.
            return default;
        }
    }
}
