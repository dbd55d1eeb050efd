namespace Carafe;

/// <summary>On an endpoint: a header that its answers carry. It becomes part of the OpenAPI document; it sends nothing by itself.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Description">What it says, with its standard.</param>
/// <param name="Statuses">The statuses that carry it; empty means every 2xx.</param>
public sealed record ResponseHeaderMetadata(string Name, string Description, params int[] Statuses)
{
    /// <summary>A value as it would be sent.</summary>
    public string? Example { get; init; }
}
