namespace Carafe;

/// <summary>Represents what is stored for a key.</summary>
/// <param name="Fingerprint">The payload it was used with.</param>
/// <param name="Response">The response; null while the first request is running.</param>
public sealed record IdempotencyRecord(string Fingerprint, IdempotentResponse? Response);
