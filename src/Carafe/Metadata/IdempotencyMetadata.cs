namespace Carafe;

/// <summary>On endpoints that know Idempotency-Key.</summary>
/// <param name="Required">Whether it must be sent.</param>
public sealed record IdempotencyMetadata(bool Required);
