namespace Carafe;

/// <summary>An answer that can be given again.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers as a JSON object.</param>
/// <param name="Body">The body.</param>
public sealed record IdempotentResponse(int Status, string Headers, byte[] Body);
