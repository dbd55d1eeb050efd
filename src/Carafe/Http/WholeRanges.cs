using Microsoft.AspNetCore.ResponseCompression;

namespace Carafe.Http;

/// <summary>
/// Compresses nothing that can be had in parts: a range is of the bytes as they are, under one strong tag with the whole, so a download that was broken off while
/// compressed would be resumed with other bytes (RFC 9110 section 8.8.3).
/// </summary>
internal sealed class WholeRanges(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context) => context.Response.Headers.AcceptRanges.Count == 0 && base.ShouldCompressResponse(context);
}
