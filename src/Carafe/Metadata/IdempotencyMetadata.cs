namespace Carafe;

/// <summary>On endpoints that know Idempotency-Key.</summary>
/// <param name="Required">Whether it must be sent.</param>
internal sealed record IdempotencyMetadata(bool Required);
