namespace Carafe.Mail;

/// <summary>Checks the templates of the app at its start.</summary>
internal sealed class MailTemplateValidator(IEnumerable<MailTemplate> templates) : IValidateOptions<MailSettings>
{
    public ValidateOptionsResult Validate(string? name, MailSettings options)
    {
        List<string> errors =
        [
            .. templates.SelectMany(template => template.Errors()),
            .. templates.GroupBy(template => template.Model).Where(group => group.Count() > 1)
                .Select(group => $"The mail {group.Key.Name} has {group.Count()} templates."),
        ];
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
