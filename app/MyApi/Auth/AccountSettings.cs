using Carafe.Mail;

namespace MyApi.Auth;

/// <summary>Holds the settings of accounts.</summary>
public sealed class AccountSettings : IValidatableObject
{
    /// <summary>
    /// <c>REGISTER_BY_MAIL</c>: whether an account is made when its address is confirmed, so that registering tells nobody whether an address has one. Needs
    /// <c>MAIL_URL</c>. Default: false.
    /// </summary>
    public bool RegisterByMail { get; set; }

    /// <summary>Returns what is invalid.</summary>
    /// <param name="validationContext">Finds the app's mail.</param>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => RegisterByMail && !SendsMail(validationContext)
        ? [new("REGISTER_BY_MAIL is true, and no mail is sent: set MAIL_URL, or nobody can confirm an address.")] : [];

    private static bool SendsMail(IServiceProvider services)
    {
        try
        {
            return services.GetRequiredService<Mailer>().IsOn;
        }
        catch (ConfigurationException)
        {
            // What is wrong with MAIL_URL is listed by itself.
            return true;
        }
    }
}
