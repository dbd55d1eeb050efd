namespace Carafe.Tasks;

/// <summary>The task that sends one message to one endpoint. It names the endpoint, so that no secret is in the table of tasks.</summary>
/// <param name="Endpoint">The endpoint's id.</param>
/// <param name="Payload">The JSON, the same bytes in every attempt.</param>
public sealed record SendWebhook(string Endpoint, string Payload);
