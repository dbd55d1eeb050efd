namespace Carafe.Mail;

/// <summary>Checks the templates of the app at its start.</summary>
internal sealed class MailTemplateValidator(IEnumerable<MailTemplate> templates) : IValidateOptions<MailSettings>
{
    public ValidateOptionsResult Validate(string? name, MailSettings options)
    {
        List<string> faults =
        [
            .. templates.SelectMany(template => template.Faults()),
            .. templates.GroupBy(template => template.Model).Where(group => group.Count() > 1)
                .Select(group => $"The mail {group.Key.Name} has {group.Count()} templates."),
        ];
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
