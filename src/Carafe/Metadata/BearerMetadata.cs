namespace Carafe;

/// <summary>Marks an endpoint that reads a bearer token although anyone may call it. It becomes part of the OpenAPI document.</summary>
/// <param name="Optional">Whether a request without a token succeeds as well. Default: false.</param>
public sealed record BearerMetadata(bool Optional = false)
{
    /// <summary>Gets whether it is the refresh token. Default: false.</summary>
    public bool Refresh { get; init; }
}
