namespace Carafe;

/// <summary>Represents a stored response.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers as a JSON object.</param>
/// <param name="Body">The body.</param>
public sealed record IdempotentResponse(int Status, string Headers, byte[] Body);
