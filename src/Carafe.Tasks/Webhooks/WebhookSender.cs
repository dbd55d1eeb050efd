using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;

namespace Carafe.Tasks.Webhooks;

/// <summary>
/// Sends one attempt of a message. Somebody else chose the URL: the connection goes to an address that was checked and is public or
/// allowed, however the name resolves a moment later. No redirect is followed, no proxy used, no body read.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly WebhookSettings _settings;
    private readonly IReadOnlyList<IPNetwork> _allowed;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    public WebhookSender(WebhookSettings settings, TimeProvider clock)
    {
        (_settings, _allowed, _clock) = (settings, settings.AllowedNetworks(), clock);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 4 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        });
    }

    public async Task SendAsync(SendWebhook task, TaskContext context, IWebhookEndpoints endpoints, CancellationToken cancellationToken)
    {
        var endpoint = await endpoints.FindAsync(task.Endpoint, cancellationToken)
            ?? throw new TaskRejectedException($"There is no webhook endpoint '{task.Endpoint}', or it is disabled.");
        using var request = Request(endpoint, $"msg_{context.IdempotencyKey}", Encoding.UTF8.GetBytes(task.Payload));
        using var response = await SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        if (response.StatusCode == HttpStatusCode.Gone)
        {
            await endpoints.DisableAsync(task.Endpoint, cancellationToken);
            throw new TaskRejectedException("The receiver wants no more messages (410): the endpoint is disabled.");
        }

        var status = string.Create(CultureInfo.InvariantCulture, $"The receiver responded with {(int)response.StatusCode}.");
        throw Wait(response.Headers.RetryAfter) is { } wait ? new TaskRetryException(wait, status) : new HttpRequestException(status);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(WebhookEndpoint endpoint, string id, byte[] body)
    {
        if (endpoint.Url is not { IsAbsoluteUri: true, Scheme: "https" or "http", UserInfo: "" })
        {
            throw new TaskRejectedException("The address of a webhook must be an https URL without a user.");
        }

        if (endpoint.Secrets.Count == 0)
        {
            throw new TaskRejectedException("The webhook endpoint has no secret to sign with.");
        }

        // The time of the attempt: a receiver refuses what is older than minutes.
        var now = _clock.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader,
            string.Join(' ', endpoint.Secrets.Select(secret => WebhookSignature.Sign(secret, id, now, body))));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Carafe-Webhooks", "1"));
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_settings.WebhookTimeout);
        try
        {
            return await _http.SendAsync(request, limit.Token);
        }
        catch (HttpRequestException error) when (error.InnerException is TaskRejectedException refused)
        {
            throw new TaskRejectedException(refused.Message, error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture,
                $"The receiver did not respond within {_settings.WebhookTimeout.TotalSeconds:0.###} s."));
        }
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - _clock.GetUtcNow();
        return wait is { } time && time > TimeSpan.Zero ? (time < LongestWait ? time : LongestWait) : null;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        // The resolver takes no 0.0.0.0, which would be this machine.
        var addresses = IPAddress.TryParse(host, out var written) ? [written] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var open = Array.FindAll(addresses, address => IsAllowed(address)
            || (PublicAddresses.Contains(address) && context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps));
        if (open.Length == 0)
        {
            throw new TaskRejectedException(Array.Exists(addresses, PublicAddresses.Contains)
                ? $"Webhooks to {host} need https."
                : $"Webhooks to {host} are refused: it has no public address, and none in WEBHOOK_ALLOWED_NETWORKS.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address) =>
        _allowed.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
}
