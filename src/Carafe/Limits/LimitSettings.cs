namespace Carafe;

/// <summary>Holds the settings of limits.</summary>
public sealed class LimitSettings
{
    /// <summary>
    /// Gets <c>RATELIMIT_ENABLED</c>: whether anything is limited, the login throttle included. Default: true, and false in Testing.
    /// </summary>
    public bool? RatelimitEnabled { get; init; }

    /// <summary>
    /// Gets <c>RATELIMIT_STORE</c>: where counts are kept: <c>memory</c>, <c>redis</c> or <c>postgresql</c>. Default: Redis where
    /// <c>REDIS_URL</c> is set, else PostgreSQL where <c>DATABASE_URL</c> names one, else the memory of the process.
    /// </summary>
    public string? RatelimitStore { get; init; }

    /// <summary>
    /// Gets <c>RATELIMIT_LEGACY_HEADERS</c>: whether <c>X-RateLimit-Limit</c>, <c>-Remaining</c> and <c>-Reset</c> are sent as well, for the limit
    /// with least left. Default: false.
    /// </summary>
    public bool RatelimitLegacyHeaders { get; init; }
}
