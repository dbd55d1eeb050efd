namespace Carafe;

/// <summary>What the health endpoints answer when all is well.</summary>
/// <param name="Status"><c>ok</c>.</param>
/// <param name="Checks">Each check by name: <c>ok</c> or <c>degraded</c>.</param>
public sealed record HealthResponse(string Status, IReadOnlyDictionary<string, string> Checks);
