namespace Carafe.Tasks;

/// <summary>Finds where webhooks go. The app implements it on its own table; each attempt has an instance in a scope of its own.</summary>
public interface IWebhookEndpoints
{
    /// <summary>Returns an endpoint, or null when there is none, or it is disabled: its messages are parked.</summary>
    /// <param name="id">The id that was enqueued.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<WebhookEndpoint?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Disables an endpoint that responded with 410: it wants no more messages.</summary>
    /// <param name="id">The endpoint.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task DisableAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Represents a place that webhooks are sent to.</summary>
/// <param name="Url">Its address, <c>https</c>; <c>http</c> only in networks of <see cref="WebhookSettings.WebhookAllowedNetworks"/>.</param>
/// <param name="Secrets">The secrets to sign with: one, or two while one replaces the other.</param>
public sealed record WebhookEndpoint(Uri Url, IReadOnlyList<string> Secrets);
