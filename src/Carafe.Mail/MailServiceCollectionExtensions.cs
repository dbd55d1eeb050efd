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
