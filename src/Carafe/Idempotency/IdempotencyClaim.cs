namespace Carafe;

/// <summary>Represents a request that wants to run once.</summary>
/// <param name="Key">64 hex digits of caller, address and key together.</param>
/// <param name="Fingerprint">64 hex digits of the payload.</param>
/// <param name="Now">The time of the request.</param>
/// <param name="LeaseEnds">When a claim without a response counts as abandoned, such as by a process that died.</param>
/// <param name="Expires">When the response is deleted.</param>
public sealed record IdempotencyClaim(string Key, string Fingerprint, DateTimeOffset Now, DateTimeOffset LeaseEnds, DateTimeOffset Expires);
