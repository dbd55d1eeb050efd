namespace Carafe;

/// <summary>Represents the response of the health endpoints when all is well.</summary>
/// <param name="Status"><c>ok</c>.</param>
/// <param name="Checks">The result of each check by name: <c>ok</c> or <c>degraded</c>.</param>
public sealed record HealthResponse(string Status, IReadOnlyDictionary<string, string> Checks);
