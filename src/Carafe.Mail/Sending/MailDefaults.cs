namespace Carafe.Mail.Sending;

/// <summary>Sets where mail goes where nothing is configured.</summary>
internal sealed class MailDefaults(IHostEnvironment environment) : IPostConfigureOptions<MailSettings>
{
    public void PostConfigure(string? name, MailSettings options)
    {
        if (options.MailUrl.Length == 0)
        {
            options.MailUrl = environment.EnvironmentName switch { "Development" => "file:mail", "Testing" => "memory:", _ => "" };
        }
    }
}
