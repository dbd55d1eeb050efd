using Microsoft.AspNetCore.ResponseCompression;

namespace Carafe.Http;

/// <summary>
/// Compresses nothing that supports ranges. A range is of the bytes as they are, under one strong tag with the whole, so a compressed download that was
/// interrupted would be resumed with other bytes (RFC 9110 section 8.8.3).
/// </summary>
internal sealed class WholeRanges(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context) =>
        context.Response.Headers.AcceptRanges.Count == 0 && base.ShouldCompressResponse(context);
}
