using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Carafe.Telemetry;

/// <summary>Serves <c>/metrics</c> on METRICS_URL: a server of its own, so that nothing else of the app can be reached there and no limit counts it.</summary>
internal sealed class MetricsServer(IOptions<TelemetrySettings> settings, TelemetryService telemetry) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.MetricsUrl is not { } url || telemetry.Metrics is not { } metrics)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 100;
        });
        _app = builder.Build();
        var page = MetricsPage.Handler(metrics, _app.Services);
        _app.Run(context =>
        {
            var isPage = context.Request.Path == MetricsPage.Path && HttpMethods.IsGet(context.Request.Method);
            if (isPage && MetricsPage.IsAllowed(context.Request, settings.Value.MetricsToken))
            {
                return page(context);
            }

            context.Response.StatusCode = isPage ? StatusCodes.Status401Unauthorized : StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? default;
}
