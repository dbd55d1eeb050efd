using Carafe.Binding;
using Carafe.Configuration;
using Carafe.Connections;
using Carafe.Errors;
using Carafe.Headers;
using Carafe.Validation;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Validation;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

// ASP0029: resolvers of validation are marked experimental.
#pragma warning disable ASP0029

namespace Carafe.Http;

internal static class HttpServiceCollectionExtensions
{
    private static readonly ApiError GivenUp =
        new(StatusCodes.Status503ServiceUnavailable, DefaultErrorMessages.For(StatusCodes.Status504GatewayTimeout)) { RetryAfter = TimeSpan.FromSeconds(5) };

    public static void AddHttp(this IServiceCollection services)
    {
        services.AddSettings<HttpSettings>();
        services.AddSettings<TlsSettings>();
        services.AddSettings<SecurityContactSettings>();
        services.AddSingleton<TlsCertificate>();
        services.AddHostedService(provider => provider.GetRequiredService<TlsCertificate>());
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<TlsCertificate>());
        services.AddOptions<KestrelServerOptions>().Configure<TlsCertificate>((kestrel, certificate) => kestrel.ConfigureHttpsDefaults(certificate.Serve));
        services.AddOptions<KestrelServerOptions>().Configure<HttpSettings>((kestrel, settings) => Limit(kestrel, settings));
        services.AddSingleton(_ => MachineLimits.Read());
        services.AddSingleton<InFlightBudget>();
        services.AddSingleton<MemoryGate>();
        services.AddSingleton<ConnectionGuard>();
        services.AddSingleton<IConnectionListenerFactory, GuardedListenerFactory>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<TlsSettings>>(
            (kestrel, tls) => kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                // Without TLS a connection cannot say which version it speaks.
                if (tls.Value.H2cPort is { } port && endpoint.IPEndPoint?.Port == port)
                {
                    endpoint.Protocols = HttpProtocols.Http2;
                }
            }));
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<TlsSettings>>((kestrel, tls) =>
        {
            foreach (var handle in SocketActivation.Handles)
            {
                kestrel.ListenHandle(handle, endpoint =>
                {
                    if (tls.Value.IsOn)
                    {
                        endpoint.UseHttps();
                    }
                });
            }
        });
        services.AddSingleton<LoggerFactory>();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory, ClientErrorFilter>());
        // A log reader that stops reading must not stop the requests. Dropped entries are counted, and the count is logged when the reader is back.
        services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        services.AddSingleton<IResponseCompressionProvider, WholeRanges>();
        services.AddResponseCompression();
        services.AddSingleton<Variance>();
        services.AddSingleton<ICorsService, UnvaryingCors>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<HttpSettings>((cors, settings) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(settings.CorsOrigins)
            .AllowAnyHeader()
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .WithExposedHeaders(
                "ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "Deprecation", "Sunset", "X-Request-Id",
                "WWW-Authenticate", "Content-Disposition", "Content-Range", "Accept-Ranges", "Allow", "Accept-Patch", "Accept-Post", "Idempotency-Replayed")
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<HttpSettings>((timeouts, settings) => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = settings.RequestTimeout,
            TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            WriteTimeoutResponse = context => context.WriteErrorAsync(GivenUp),
        });
        services.AddSingleton<PatchedTypes>();
        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<TlsSettings>>((health, tls) =>
        {
            if (tls.Value.IsOn)
            {
                health.Registrations.Add(new HealthCheckRegistration("certificate",
                    provider => ActivatorUtilities.CreateInstance<CertificateHealthCheck>(provider), null, ["ready"]));
            }
        });
        services.AddSingleton<HealthLog>();
        services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, ParameterDescriptionProvider>());
        services.AddOptions<ValidationOptions>().PostConfigure<IServiceProviderIsService, IOptions<JsonOptions>, PatchedTypes>(
            (validation, known, json, patched) =>
        {
            // Rules run only where the app has called AddValidation().
            if (validation.Resolvers.Count > 0)
            {
                validation.Resolvers.Insert(0, new CollectionValidationResolver());
                validation.Resolvers.Add(new ReflectedValidationResolver(patched));
            }

            validation.Resolvers.Insert(0, new BodyValueResolver(validation.Resolvers, known, json.Value.SerializerOptions));
        });
        // The platform logs five lines for every request. A level in the configuration for the same category overrides this.
        services.Configure<LoggerFilterOptions>(options => options.Rules.Insert(0, new LoggerFilterRule(null, "Microsoft.AspNetCore", LogLevel.Warning, null)));
        services.Configure<LoggerFilterOptions>(
            options => options.Rules.Insert(0, new LoggerFilterRule(null, "Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None, null)));
    }

    private static void Limit(KestrelServerOptions kestrel, HttpSettings settings)
    {
        kestrel.Limits.MaxRequestBodySize = settings.MaxBodySize;
        // What a connection may hold of a request that nobody reads yet; the platform's megabyte is too much for a thousand of them.
        kestrel.Limits.MaxRequestBufferSize = 128 * 1024;
        kestrel.Limits.MinResponseDataRate = new MinDataRate(2048, TimeSpan.FromSeconds(10));
    }
}
