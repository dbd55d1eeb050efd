namespace Carafe;

/// <summary>What is known of a key.</summary>
/// <param name="Fingerprint">The payload it was used with.</param>
/// <param name="Answer">The answer; null while the first request is under way.</param>
public sealed record IdempotencyRecord(string Fingerprint, IdempotentResponse? Answer);
