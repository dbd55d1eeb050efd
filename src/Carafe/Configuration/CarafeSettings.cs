using System.ComponentModel.DataAnnotations;

namespace Carafe;

/// <summary>Holds the settings of the core.</summary>
public sealed class CarafeSettings : IValidatableObject
{
    /// <summary>Gets <c>SECRET_KEY</c>, which signs what the app hands out and takes back, such as page cursors. At least 32 bytes.</summary>
    [Secret]
    public string SecretKey { get; init; } = "";

    /// <summary>
    /// Gets <c>SECRET_KEY_FALLBACKS</c>: earlier values of <see cref="SecretKey"/>, which still open what they have signed, separated by commas. Default:
    /// none.
    /// </summary>
    [Secret]
    public IReadOnlyList<string> SecretKeyFallbacks { get; init; } = [];

    /// <summary>
    /// Gets <c>ASPNETCORE_URLS</c>: the addresses to listen on, separated by semicolons, such as <c>http://127.0.0.1:5000</c>. Overrides
    /// <see cref="Port"/>.
    /// </summary>
    public string? AspnetcoreUrls { get; init; }

    /// <summary>
    /// Gets <c>PORT</c>: the port to listen on, on every address in Production and on 127.0.0.1 elsewhere; 0 takes a free one. Default: 5000 on
    /// 127.0.0.1.
    /// </summary>
    [Range(0, 65535)]
    public int? Port { get; init; }

    /// <summary>
    /// Gets <c>PROPAGATE_EXCEPTIONS</c>: whether an unhandled exception reaches the server instead of becoming a 500, so a test sees its stack
    /// trace. Refused in Production. Default: false.
    /// </summary>
    public bool PropagateExceptions { get; init; }

    /// <summary>
    /// Gets <c>DRAIN_DELAY</c>: how long the server goes on listening after it was told to stop, while <c>/readyz</c> says 503 and each response
    /// ends its connection; as long as the balancer in front needs to hear it, such as <c>5s</c>. Default: 0, as there may be no balancer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainDelay { get; init; }

    /// <summary>
    /// Gets <c>SHUTDOWN_TIMEOUT</c>: how long requests may take to finish once the server listens no more; what is left is cut off. Default: 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets <c>LOG_LEVEL</c>: the level of every category of the log that has none of its own: trace, debug, information, warning, error, critical or none.
    /// It is read again from .env on SIGHUP. Default: <c>Logging:LogLevel:Default</c>, which is information.
    /// </summary>
    public LogLevel? LogLevel { get; init; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext context)
    {
        if (PropagateExceptions && context.GetRequiredService<IHostEnvironment>().IsProduction())
        {
            yield return new("PROPAGATE_EXCEPTIONS: is for tests and refused in Production.");
        }

        foreach (var url in ServerUrls.Split(AspnetcoreUrls).Where(url => !ServerUrls.IsValid(url)))
        {
            yield return new($"ASPNETCORE_URLS: '{url}' is not an address to listen on, such as http://127.0.0.1:5000.");
        }
    }
}
