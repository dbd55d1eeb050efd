using System.Text.Json;
using Carafe.Bodies;
using Carafe.Conditional;
using Carafe.Headers;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;

namespace Carafe.Idempotency;

/// <summary>Runs an endpoint once for each key of a caller, or once for each key where the key is the id of a message.</summary>
internal sealed class IdempotencyFilter(RequestDelegate handler, bool required, bool allowAnonymous, TimeSpan lease, bool isMessage = false)
{
    public const string Header = "Idempotency-Key";

    private static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private static readonly string[] OfTheMoment = [SecurityHeaders.RequestId, HeaderNames.Date, HeaderNames.Server, HeaderNames.SetCookie,
        HeaderNames.ContentLength, HeaderNames.TransferEncoding];

    public async Task RunAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) && !HttpMethods.IsPatch(context.Request.Method))
        {
            await handler(context);
            return;
        }

        var sent = context.Request.Headers[Header];
        if (sent.Count == 0 && !required)
        {
            await handler(context);
            return;
        }

        var key = HeaderUtilities.RemoveQuotes(sent.ToString()).ToString();
        if (sent.Count != 1 || key.Length is 0 or > 255 || key.Any(sign => sign is <= ' ' or > '~'))
        {
            throw Abort.Invalid(Header, sent.Count == 0 ? "is required" : "must be one key of 1 to 255 visible characters");
        }

        if (!allowAnonymous && IdempotencyKeys.Subject(context.User).Length == 0)
        {
            // Strangers who hit upon the same key would be given each other's responses.
            throw Abort.Invalid(Header, "is taken from callers who are signed in");
        }

        var store = context.RequestServices.GetRequiredService<IIdempotencyStore>();
        var claim = await ClaimAsync(context, key);
        // A claim or a handler that is cancelled may have committed already. The claim would stay, or be released: the client that lost its connection, and
        // tries again, would be refused, or have its work done twice.
        var client = context.RequestAborted;
        OutliveClient(context);
        try
        {
            if (await store.ClaimAsync(claim, context.RequestAborted) is { } known)
            {
                await ReplayAsync(context, known, claim);
                return;
            }

            await FirstAsync(context, store, claim);
        }
        finally
        {
            context.RequestAborted = client;
        }
    }

    private async Task FirstAsync(HttpContext context, IIdempotencyStore store, IdempotencyClaim claim)
    {
        using var body = new MemoryStream();
        try
        {
            using var held = new CapturedResponseBody(context, static _ => true, body);
            await handler(context);
            await held.EndAsync();
        }
        catch
        {
            await store.ReleaseAsync(claim);
            throw;
        }

        var response = context.Response;
        if (response.StatusCode is >= 200 and < 300)
        {
            var headers = response.Headers.Where(header => !OfTheMoment.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .ToDictionary(header => header.Key, header => header.Value.ToString());
            await store.CompleteAsync(claim, new IdempotentResponse(response.StatusCode, JsonSerializer.Serialize(headers), body.ToArray()));
        }
        else
        {
            await store.ReleaseAsync(claim);
        }

        if (body.Length > 0)
        {
            await response.BodyWriter.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
        }
    }

    private static void OutliveClient(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestTimeoutFeature>() is not RequestDeadline deadline)
        {
            context.RequestAborted = CancellationToken.None;
        }
        else if (!deadline.OutliveClient())
        {
            throw new BadHttpRequestException("The client left.", StatusCodes.Status499ClientClosedRequest);
        }
    }

    private static async Task ReplayAsync(HttpContext context, IdempotencyRecord known, IdempotencyClaim claim)
    {
        if (known.Fingerprint != claim.Fingerprint)
        {
            throw new AbortException(new ApiError(StatusCodes.Status422UnprocessableEntity, "This Idempotency-Key was used with another request."));
        }

        if (known.Response is not { } stored)
        {
            throw new AbortException(
                new ApiError(StatusCodes.Status409Conflict,
                    "The first request with this Idempotency-Key is still under way.")
                { RetryAfter = TimeSpan.FromSeconds(1) });
        }

        context.Response.StatusCode = stored.Status;
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(stored.Headers)!)
        {
            context.Response.Headers[name] = value;
        }

        if (context.Response.Headers.ETag is [{ } tag] && EntityTags.IsComplete(tag))
        {
            context.Features.Set(CompleteTag.Mark);
            context.Response.Headers.ETag = EntityTags.Recode(tag, EntityTags.Coding(context));
        }

        context.Response.Headers["Idempotency-Replayed"] = "true";
        if (stored.Body.Length > 0)
        {
            await context.Response.BodyWriter.WriteAsync(stored.Body, context.RequestAborted);
        }
    }

    private async Task<IdempotencyClaim> ClaimAsync(HttpContext context, string key)
    {
        var request = context.Request;
        var bytes = await RereadableRequestBody.ReadWholeAsync(context);
        var keys = context.RequestServices.GetRequiredService<IdempotencyKeys>();
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        // PostgreSQL keeps microseconds, and the lease's end tells whose claim it is.
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var name = isMessage ? keys.NameOfMessage(request, key) : keys.Name(request, IdempotencyKeys.Subject(context.User), key);
        return new IdempotencyClaim(name, keys.Fingerprint(request, bytes), now, now + lease, now + Life);
    }
}
