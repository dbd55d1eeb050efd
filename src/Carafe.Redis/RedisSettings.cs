using System.ComponentModel.DataAnnotations;

namespace Carafe.Redis;

/// <summary>Holds the settings of Redis.</summary>
public sealed class RedisSettings : IValidatableObject
{
    /// <summary>
    /// Gets <c>REDIS_URL</c>: <c>redis://user:password@host:6379/0</c>, or <c>rediss:</c> for TLS. Default: none, and nothing uses Redis.
    /// </summary>
    public string? RedisUrl { get; init; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) =>
        RedisUrl is null || RedisAddress.TryParse(RedisUrl) is not null
            ? []
            : [new ValidationResult("REDIS_URL: expected redis://user:password@host:6379/0, or rediss: for TLS.")];
}
