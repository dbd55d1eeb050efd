namespace Carafe;

/// <summary>Declares a header of an endpoint's responses. It becomes part of the OpenAPI document and sends nothing.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Description">What it says, with its standard.</param>
/// <param name="Statuses">The statuses with the header; empty means every 2xx.</param>
public sealed record ResponseHeaderMetadata(string Name, string Description, params int[] Statuses)
{
    /// <summary>Gets an example value.</summary>
    public string? Example { get; init; }
}
