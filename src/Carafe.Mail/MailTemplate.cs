using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Mail;

/// <summary>Represents a template: texts with placeholders such as <c>{{ user_name }}</c>, each a property of the model.</summary>
internal sealed partial class MailTemplate
{
    private readonly Dictionary<string, PropertyInfo> _members;

    public MailTemplate(Type model, string subject, string text, string? html)
    {
        (Model, Subject, Text, Html) = (model, subject, text, html);
        _members = model.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => member.GetIndexParameters().Length == 0)
            .ToDictionary(member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name));
    }

    public Type Model { get; }

    public string Subject { get; }

    public string Text { get; }

    public string? Html { get; }

    public IEnumerable<string> Errors()
    {
        foreach (var (part, text) in new[] { ("subject", Subject), ("text", Text), ("HTML", Html ?? "") })
        {
            foreach (var name in Placeholder().Matches(text).Select(match => match.Groups[1].Value).Where(name => !_members.ContainsKey(name)))
            {
                yield return $"The {part} of the mail {Model.Name} names {{{{ {name} }}}}, and there is only {string.Join(", ", _members.Keys)}.";
            }

            var rest = Placeholder().Replace(text, "");
            if (rest.Contains("{{", StringComparison.Ordinal) || rest.Contains("}}", StringComparison.Ordinal))
            {
                yield return $"The {part} of the mail {Model.Name} has a placeholder that is not of the form {{{{ name }}}}.";
            }
        }

        if (Subject.AsSpan().IndexOfAny('\r', '\n') >= 0 || Subject.Length == 0 || Text.Length == 0)
        {
            yield return $"The mail {Model.Name} needs a subject of one line, and a text.";
        }
    }

    public MailMessage Render(string to, object model) => new(to, OneLine(Fill(Subject, model, text => text)), Fill(Text, model, text => text))
    {
        Html = Html is null ? null : Fill(Html, model, WebUtility.HtmlEncode),
    };

    private string Fill(string template, object model, Func<string, string> encode) => Placeholder().Replace(template,
        match => encode(Convert.ToString(_members[match.Groups[1].Value].GetValue(model), CultureInfo.InvariantCulture) ?? ""));

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    [GeneratedRegex(@"\{\{\s*([a-z0-9_]+)\s*\}\}")]
    private static partial Regex Placeholder();
}
