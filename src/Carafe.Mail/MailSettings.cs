using System.ComponentModel.DataAnnotations;
using Carafe.Configuration;

namespace Carafe.Mail;

/// <summary>Holds the settings of mail.</summary>
public sealed class MailSettings : IValidatableObject, IEnvironmentDefaults
{
    /// <summary>
    /// Gets <c>MAIL_URL</c>: <c>smtp://user:password@host:587</c> (TLS by STARTTLS, required unless the host is this machine),
    /// <c>smtps://user:password@host:465</c> (TLS from the start), <c>file:///folder</c> (a folder of <c>.eml</c> files; <c>file:folder</c> is relative to
    /// the data folder) or <c>memory:</c> (the <see cref="Mailbox"/>). Default: <c>file:mail</c> in Development, <c>memory:</c> in Testing; elsewhere none.
    /// <c>off</c> turns mail off, and it is off where there is no default.
    /// </summary>
    public string? MailUrl { get; init; }

    /// <summary>
    /// Gets <c>MAIL_FROM</c>: the sender, such as <c>Shop &lt;hello@shop.example&gt;</c>. Required with <c>smtp</c> and <c>smtps</c>.
    /// </summary>
    public string MailFrom { get; init; } = "";

    /// <summary>Gets <c>MAIL_TIMEOUT</c>: how long a server may take for each step. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MailTimeout { get; init; } = TimeSpan.FromSeconds(30);

    string? IEnvironmentDefaults.Default(string name, IHostEnvironment environment) => name == nameof(MailUrl) ? MailRoute.Default(environment) : null;

    /// <summary>Returns what is invalid.</summary>
    /// <param name="validationContext">Not used.</param>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var error = MailRoute.Error(MailUrl);
        if (error is not null)
        {
            yield return new ValidationResult($"MAIL_URL {error}");
        }
        else if (MailRoute.IsServer(MailUrl) && MailFrom.Length == 0)
        {
            yield return new ValidationResult("MAIL_FROM is not set. Expected something like Shop <hello@shop.example>.");
        }

        if (MailFrom.Length > 0 && !MimeKit.MailboxAddress.TryParse(MailFrom, out _))
        {
            yield return new ValidationResult("MAIL_FROM is not an address. Expected something like Shop <hello@shop.example>.");
        }
    }
}
