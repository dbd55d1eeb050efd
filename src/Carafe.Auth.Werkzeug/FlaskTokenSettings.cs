using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Carafe.Auth.Werkzeug;

/// <summary>Holds the settings of tokens that Flask-JWT-Extended issued.</summary>
public sealed class FlaskTokenSettings : IValidatableObject
{
    /// <summary>
    /// Gets <c>FLASK_JWT_SECRET_KEY</c>: the <c>JWT_SECRET_KEY</c> of the Flask application, of at least 32 bytes. Default: none, and none of its tokens
    /// is accepted.
    /// </summary>
    [Secret]
    public string? FlaskJwtSecretKey { get; init; }

    /// <summary>
    /// Gets <c>FLASK_JWT_UNTIL</c>: the day, in UTC, from which none of its tokens is accepted any more, such as <c>2027-01-31</c>. Required with
    /// <see cref="FlaskJwtSecretKey"/>.
    /// </summary>
    public string? FlaskJwtUntil { get; init; }

    internal DateTimeOffset? Until =>
        DateOnly.TryParseExact(FlaskJwtUntil, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
            : null;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (FlaskJwtUntil is { Length: > 0 } && Until is null)
        {
            yield return new ValidationResult("FLASK_JWT_UNTIL is no day. Expected something like 2027-01-31.");
        }
        else if (FlaskJwtSecretKey is { Length: > 0 } != FlaskJwtUntil is { Length: > 0 })
        {
            yield return new ValidationResult("FLASK_JWT_SECRET_KEY and FLASK_JWT_UNTIL belong together: set both, or neither.");
        }
    }
}
