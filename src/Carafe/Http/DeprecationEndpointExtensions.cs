using System.Globalization;
using Carafe;
using Microsoft.Net.Http.Headers;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Announces that an endpoint is deprecated.</summary>
public static class DeprecationEndpointExtensions
{
    /// <summary>
    /// Sends <c>Deprecation</c> (RFC 9745) with every response, <c>Sunset</c> (RFC 8594) when it is known, and a <c>Link</c> with
    /// <c>rel="deprecation"</c>. The OpenAPI document marks the operation.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="on">Since when it is deprecated, or will be.</param>
    /// <param name="sunset">When it stops working; null when that is not decided.</param>
    /// <param name="link">Where to read what to use instead; null sends no link.</param>
    public static TBuilder WithDeprecation<TBuilder>(this TBuilder builder, DateTimeOffset on, DateTimeOffset? sunset = null, Uri? link = null)
        where TBuilder : IEndpointConventionBuilder
    {
        var notice = new DeprecationMetadata(on, sunset, link);
        return builder.WithMetadata(notice).WithAfter(context =>
        {
            var headers = context.Response.Headers;
            headers["Deprecation"] = "@" + notice.On.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            if (notice.Sunset is { } end)
            {
                headers["Sunset"] = HeaderUtilities.FormatDate(end);
            }

            if (notice.Link is not null)
            {
                headers.Append(HeaderNames.Link, $"<{notice.Link.OriginalString}>; rel=\"deprecation\"");
            }

            return Task.CompletedTask;
        });
    }
}
