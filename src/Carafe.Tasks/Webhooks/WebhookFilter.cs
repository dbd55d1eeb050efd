using System.Buffers;
using System.Globalization;
using Carafe.Bodies;
using Carafe.Idempotency;

namespace Carafe.Tasks.Webhooks;

/// <summary>
/// Verifies a webhook before anything of it is read, and runs each message once: its id is its Idempotency-Key. One that failed may come again.
/// </summary>
internal sealed class WebhookFilter(RequestDelegate once, Func<IServiceProvider, IEnumerable<string>> secrets)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    // A dot ends the id in what is signed: with one in it, two messages could have one signature.
    private static readonly SearchValues<char> NotInIds = SearchValues.Create(" .\"");

    public async Task RunAsync(HttpContext context)
    {
        var id = Header(context, WebhookSignature.IdHeader, 200);
        if (id.AsSpan().ContainsAny(NotInIds))
        {
            throw Abort.Unauthorized($"The header {WebhookSignature.IdHeader} holds a space, a dot or a quotation mark.");
        }

        var seconds = Header(context, WebhookSignature.TimestampHeader, 20);
        var signatures = Header(context, WebhookSignature.SignatureHeader, 4000);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var sent)
            || Math.Abs((decimal)sent - now.ToUnixTimeSeconds()) > (decimal)Window.TotalSeconds)
        {
            throw Abort.Unauthorized($"The header {WebhookSignature.TimestampHeader} is not within five minutes of now.");
        }

        var bytes = await RereadableRequestBody.ReadWholeAsync(context);
        var known = secrets(context.RequestServices).ToList();
        if (known.Count == 0)
        {
            throw new InvalidOperationException($"There is no secret to verify the webhooks of {context.Request.Path} with.");
        }

        var isRight = false;
        foreach (var secret in known)
        {
            isRight |= WebhookSignature.Verify(secret, id, DateTimeOffset.FromUnixTimeSeconds(sent), bytes, signatures);
        }

        if (!isRight)
        {
            throw Abort.Unauthorized($"The header {WebhookSignature.SignatureHeader} holds no right signature of this message.");
        }

        context.Request.Headers[IdempotencyFilter.Header] = id;
        await once(context);
    }

    private static string Header(HttpContext context, string name, int most) =>
        context.Request.Headers[name] is [{ Length: > 0 } value] && value.Length <= most && value.All(sign => sign is >= ' ' and <= '~')
            ? value
            : throw Abort.Unauthorized($"The header {name} is missing, or is not one value of up to {most.ToString(CultureInfo.InvariantCulture)} characters.");
}
