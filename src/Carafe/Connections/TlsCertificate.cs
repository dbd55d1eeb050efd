using System.Diagnostics.Metrics;
using System.Security.Authentication;
using Carafe.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Carafe.Connections;

/// <summary>
/// Serves the certificate of TLS_CERT and TLS_KEY, and reads the files again when they change. A new pair that is broken or expired is logged, and the
/// old one stays; one that is not valid yet is taken when it is. One that ends soon, or has ended, is in the log each day.
/// </summary>
internal sealed class TlsCertificate : BackgroundService, IReloadable
{
    public static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly IOptions<TlsSettings> _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<TlsCertificate> _logger;
    private readonly Lock _reading = new();
    private volatile TlsPair? _pair;
    private volatile TlsPair? _waiting;
    private DateTimeOffset _reminder;

    public TlsCertificate(IOptions<TlsSettings> settings, TimeProvider clock, IMeterFactory meters, ILogger<TlsCertificate> logger)
    {
        (_settings, _clock, _logger) = (settings, clock, logger);
        meters.Create("Carafe").CreateObservableGauge<double>("tls.certificate.remaining", () => Remaining is { } left ? [new(left.TotalSeconds)] : [], "s",
            "How long the certificate of TLS_CERT is still valid; negative when it has expired.");
    }

    public bool IsConfigured => _settings.Value.IsOn;

    /// <summary>Gets how long the certificate that is served is still valid; null where none has been read.</summary>
    public TimeSpan? Remaining => _pair?.NotAfter - _clock.GetUtcNow();

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
        var pair = TlsPair.TryLoad(_settings.Value.TlsCert!, _settings.Value.TlsKey!, out var error);
        var now = _clock.GetUtcNow();
        if (pair is not null && now < pair.NotBefore && _pair?.IsValid(now) == true)
        {
            _waiting = pair;
            _logger.LogWarning("The certificate of {Subject} is served from {Begin:u} on: it is not valid yet", pair.Certificate.Subject, pair.NotBefore);
            return;
        }

        if (pair is null || (!pair.IsValid(now) && _pair?.IsValid(now) == true))
        {
            _logger.LogError("The certificate stays as it was: {Reason}",
                pair is null ? error : $"TLS_CERT: {_settings.Value.TlsCert} expired at {pair.NotAfter:u}.");
            return;
        }

        Take(pair, now);
    }

    private void Take(TlsPair pair, DateTimeOffset now)
    {
        _pair = pair;
        _waiting = null;
        _logger.LogInformation("Serves the certificate of {Subject}, which is valid until {End:u}", pair.Certificate.Subject, pair.NotAfter);
        Remind(pair, now);
    }

    // Once a day, and at the moment when it ends: nobody may have looked for a year.
    private void Remind(TlsPair pair, DateTimeOffset now)
    {
        var left = pair.NotAfter - now;
        _reminder = left >= Soon ? pair.NotAfter - Soon : left > TimeSpan.Zero && left < Day ? pair.NotAfter : now + Day;
        if (left <= TimeSpan.Zero)
        {
            _logger.LogError("The certificate of {Subject} expired at {End:u}: clients refuse it", pair.Certificate.Subject, pair.NotAfter);
        }
        else if (left < Soon)
        {
            _logger.LogWarning("The certificate of {Subject} expires at {End:u}", pair.Certificate.Subject, pair.NotAfter);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsConfigured)
        {
            return;
        }

        var served = Stamps();
        Reload();
        using var timer = new PeriodicTimer(Interval, _clock);
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
            var time = _clock.GetUtcNow();
            if (_waiting is { } next && time >= next.NotBefore)
            {
                Take(next, time);
            }

            if (_pair is { } pair && time >= _reminder)
            {
                Remind(pair, time);
            }
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
            return _pair ??= TlsPair.TryLoad(_settings.Value.TlsCert!, _settings.Value.TlsKey!, out var error)
                ?? throw new InvalidOperationException(error);
        }
    }

    // Also behind links, as Kubernetes and certbot have them.
    private (DateTime, DateTime) Stamps() => (Stamp(_settings.Value.TlsCert!), Stamp(_settings.Value.TlsKey!));

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
