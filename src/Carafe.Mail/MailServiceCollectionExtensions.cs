using Carafe.Mail;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds mail to an app.</summary>
public static class MailServiceCollectionExtensions
{
    /// <summary>Adds <see cref="Mailer"/> and the task that sends mail. The app calls <c>AddTasks</c> as well.</summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddSettings<MailSettings>();
        services.AddSingleton<IValidateOptions<MailSettings>, MailTemplateValidator>();
        services.AddCheck(new Check("C701", CheckSeverity.Error, context =>
            context.Services.GetRequiredService<MailSettings>().MailUrl is { } url && url != MailRoute.Off && !MailRoute.IsServer(url)
                ? [$"MAIL_URL is {url}."]
                : [])
        {
            Why = "Whoever forgot a password waits for a mail that stays in the memory or in a folder of the server.",
            Remedy = "MAIL_URL=smtp://user:password@mail.example.com:587, or MAIL_URL=off",
            Page = "docs/checks.md#c701",
            Deploy = true,
        });
        services.AddSingleton<Mailbox>();
        services.AddSingleton<Mailer, MailKitMailer>();
        return services.AddTask<SendMail>(SendMail.HandleAsync,
            new() { Defaults = new() { Retention = TimeSpan.FromHours(1), SoftLimit = TimeSpan.FromMinutes(2) } });
    }

    /// <summary>
    /// Adds a template. <c>{{ user_name }}</c> stands for the model's property <c>UserName</c>; in the HTML it is encoded. The start fails when a placeholder
    /// is no property.
    /// </summary>
    /// <typeparam name="TModel">What the placeholders stand for.</typeparam>
    /// <param name="services">The app's services.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="text">The body as plain text.</param>
    /// <param name="html">The body as HTML, or null for none.</param>
    public static IServiceCollection AddMailTemplate<TModel>(this IServiceCollection services, string subject, string text, string? html = null)
        where TModel : notnull =>
        services.AddSingleton(new MailTemplate(typeof(TModel), subject, text, html));
}
