namespace Carafe;

/// <summary>On an endpoint that reads a bearer token though anyone may call it. It becomes part of the OpenAPI document.</summary>
/// <param name="Optional">Whether a request without a token is answered as well. Default false.</param>
public sealed record BearerMetadata(bool Optional = false)
{
    /// <summary>Whether it is the refresh token. Default false.</summary>
    public bool Refresh { get; init; }
}
