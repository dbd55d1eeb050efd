using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Carafe.Tasks;

/// <summary>Holds the settings of webhooks that the app sends.</summary>
public sealed class WebhookSettings : IValidatableObject
{
    /// <summary>
    /// Gets <c>WEBHOOK_ALLOWED_NETWORKS</c>: addresses and networks, comma-separated, that webhooks may reach though they are not public, such as
    /// <c>127.0.0.1,10.20.0.0/16</c>; also without TLS. Default: none.
    /// </summary>
    public string[] WebhookAllowedNetworks { get; init; } = [];

    /// <summary>Gets <c>WEBHOOK_TIMEOUT</c>: how long an attempt may take, from the name's resolution to the response's headers. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan WebhookTimeout { get; init; } = TimeSpan.FromSeconds(15);

    internal IReadOnlyList<IPNetwork> AllowedNetworks() => [.. WebhookAllowedNetworks.Select(HttpSettings.Network).OfType<IPNetwork>()];

    /// <summary>Returns what is invalid.</summary>
    /// <param name="validationContext">Not used.</param>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => WebhookAllowedNetworks
        .Where(network => HttpSettings.Network(network) is null)
        .Select(network => new ValidationResult($"WEBHOOK_ALLOWED_NETWORKS: '{network}' is no network, such as 10.0.0.0/8, and no address."));
}
