using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Primitives;

namespace Carafe.Headers;

/// <summary>
/// Determines what responses depend on besides their address. It is the same for every response: a cache that has seen one variant must not give it to a
/// request that would get another (RFC 9110 section 12.5.5). Errors choose their format by Accept, compression by Accept-Encoding, and authentication
/// reads the other two.
/// </summary>
internal sealed class Variance(HttpSettings settings, EndpointDataSource endpoints, IServiceProvider services)
{
    private const string Always = "Accept, Accept-Encoding, Authorization, Cookie";

    private StringValues? _header;

    // The endpoints are known once the server listens.
    public StringValues Header => _header ??= string.Join(", ", [Always, .. Credentials(), .. UsesCors() ? ["Origin"] : Array.Empty<string>()]);

    // Read now: settings that are invalid are reported by the start.
    private IEnumerable<string> Credentials()
    {
        var carrier = services.GetRequiredService<TokenCarrier>();
        return [.. carrier.IsAuthorization ? Array.Empty<string>() : [carrier.Header], .. services.GetServices<ApiKeyCarrier>().Select(key => key.Header)];
    }

    private bool UsesCors() =>
        settings.CorsOrigins.Length > 0 || endpoints.Endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<ICorsMetadata>() is not null);
}

/// <summary>Removes the platform's Vary: Origin, which is there only where it allows an origin; <see cref="Variance"/> always sends it.</summary>
internal sealed class UnvaryingCors(IOptions<CorsOptions> options, ILoggerFactory log) : CorsService(options, log)
{
    public override void ApplyResult(CorsResult result, HttpResponse response)
    {
        result.VaryByOrigin = false;
        base.ApplyResult(result, response);
    }
}
