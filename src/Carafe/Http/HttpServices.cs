using Carafe.Blueprints;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Carafe.Http;

internal static class HttpServices
{
    public static void AddHttp(this IServiceCollection services)
    {
        services.AddSettings<HttpSettings>();
        services.AddOptions<KestrelServerOptions>().Configure<HttpSettings>((kestrel, settings) => kestrel.Limits.MaxRequestBodySize = settings.MaxBodySize);
        services.AddResponseCompression();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<HttpSettings>((cors, settings) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(settings.CorsOrigins)
            .AllowAnyHeader()
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .WithExposedHeaders("ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "Deprecation", "Sunset")
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<HttpSettings>((timeouts, settings) => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = settings.RequestTimeout,
            TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            WriteTimeoutResponse = context => context.WriteErrorAsync(new Error(StatusCodes.Status503ServiceUnavailable, "This took too long and was given up. Try again later.") { RetryAfter = TimeSpan.FromSeconds(5) }),
        });
        services.AddHealthChecks();
        services.AddSingleton<IRouteCheck, BodyRuleCheck>();
        services.TryAddSingleton<IIdempotencyStore, MemoryIdempotencyStore>();
        // The platform tells every request in five lines of its own. A rule in the configuration for the same category wins.
        services.Configure<LoggerFilterOptions>(options => options.Rules.Insert(0, new LoggerFilterRule(null, "Microsoft.AspNetCore", LogLevel.Warning, null)));
    }
}
