using System.ComponentModel.DataAnnotations;

namespace Carafe;

/// <summary>Holds the settings of the core.</summary>
public sealed class CarafeSettings : IValidatableObject
{
    /// <summary>Gets or sets <c>SECRET_KEY</c>, which signs what the app hands out and takes back, such as page cursors. At least 32 bytes.</summary>
    [Secret]
    public string SecretKey { get; set; } = "";

    /// <summary>
    /// Gets or sets <c>ASPNETCORE_URLS</c>: the addresses to listen on, separated by semicolons, such as <c>http://127.0.0.1:5000</c>. Overrides
    /// <see cref="Port"/>.
    /// </summary>
    public string? AspnetcoreUrls { get; set; }

    /// <summary>
    /// Gets or sets <c>PORT</c>: the port to listen on, on every address in Production and on 127.0.0.1 elsewhere; 0 takes a free one. Default: 5000 on
    /// 127.0.0.1.
    /// </summary>
    [Range(0, 65535)]
    public int? Port { get; set; }

    /// <summary>
    /// Gets or sets <c>PROPAGATE_EXCEPTIONS</c>: whether an unhandled exception reaches the server instead of becoming a 500, so a test sees its stack
    /// trace. Refused in Production. Default: false.
    /// </summary>
    public bool PropagateExceptions { get; set; }

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
