namespace Carafe;

/// <summary>Marks endpoints that accept Idempotency-Key.</summary>
/// <param name="Required">Whether it must be sent.</param>
internal sealed record IdempotencyMetadata(bool Required);
