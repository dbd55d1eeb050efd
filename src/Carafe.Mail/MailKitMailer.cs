using MailKit.Net.Smtp;
using MimeKit;
using MimeKit.Text;

namespace Carafe.Mail;

/// <summary>Sends mail with MailKit, or leaves it in a folder or in memory.</summary>
internal sealed class MailKitMailer(
    MailSettings settings, IHostEnvironment environment, IEnumerable<MailTemplate> templates, TaskClient tasks, Mailbox mailbox, DataFolder folder,
    TimeProvider clock) : Mailer
{
    private const string Nobody = "nobody@localhost";

    private readonly MailRoute? _route = MailRoute.Of(settings, environment);
    private readonly Dictionary<Type, MailTemplate> _templates = templates.ToDictionary(template => template.Model);

    public override bool IsOn => _route is not null;

    public override MailMessage Render<TModel>(string to, TModel model) =>
        (_templates.GetValueOrDefault(typeof(TModel)) ?? throw new ArgumentException(
            $"There is no mail {typeof(TModel).Name}: add it with services.AddMailTemplate<{typeof(TModel).Name}>(...).")).Render(to, model);

    public override Guid Enqueue(DbContext db, MailMessage message, TaskOptions? options = null)
    {
        using var composed = Compose(message);
        return tasks.Enqueue(db, new SendMail(message), options);
    }

    public override async Task SendAsync(MailMessage message, CancellationToken cancellationToken = default)
    {
        using var mime = Compose(message);
        switch (_route?.Scheme)
        {
            case null:
                throw new TaskRejectedException("Mail is off: MAIL_URL is not set.");
            case "memory":
                mailbox.Add(message);
                break;
            case "file":
                await WriteAsync(mime, folder.Resolve(_route.Folder), cancellationToken);
                break;
            default:
                await SendAsync(mime, _route, cancellationToken);
                break;
        }
    }

    private async Task SendAsync(MimeMessage mime, MailRoute route, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient { Timeout = (int)settings.MailTimeout.TotalMilliseconds };
        try
        {
            await client.ConnectAsync(route.Host, route.Port, route.Security, cancellationToken);
            if (route.User is not null)
            {
                await client.AuthenticateAsync(route.User, route.Password ?? "", cancellationToken);
            }

            await client.SendAsync(mime, cancellationToken);
        }
        catch (SmtpCommandException refused) when ((int)refused.StatusCode >= 500 && refused.ErrorCode != SmtpErrorCode.SenderNotAccepted)
        {
            throw new TaskRejectedException($"The mail server refused it: {(int)refused.StatusCode} {Printable(refused.Message)}", refused);
        }

        // It is delivered: what goes wrong with the goodbye must not send it again.
        try
        {
            await client.DisconnectAsync(quit: true, CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or SmtpProtocolException or SmtpCommandException)
        {
            client.Disconnect(quit: false, CancellationToken.None);
        }
    }

    // It ends in the log and in an operator's terminal.
    private static string Printable(string text) => string.Concat(text.Take(200).Select(character => char.IsControl(character) ? ' ' : character));

    private async Task WriteAsync(MimeMessage mime, string path, CancellationToken cancellationToken)
    {
        PrivateFiles.CreateFolder(path);
        var name = $"{clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", System.Globalization.CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}";
        var partial = Path.Combine(path, $"{name}.partial");
        PrivateFiles.Touch(partial);
        await using (var file = File.OpenWrite(partial))
        {
            await mime.WriteToAsync(file, cancellationToken);
        }

        File.Move(partial, Path.Combine(path, $"{name}.eml"));
    }

    private MimeMessage Compose(MailMessage message)
    {
        var from = MailboxAddress.Parse(settings.MailFrom.Length > 0 ? settings.MailFrom : Nobody);
        var mime = new MimeMessage { Subject = message.Subject.ReplaceLineEndings(" "), Date = clock.GetUtcNow() };
        mime.From.Add(from);
        mime.To.Add(Address(message.To));
        if (message.ReplyTo is { } reply)
        {
            mime.ReplyTo.Add(Address(reply));
        }

        mime.MessageId = $"{message.Id ?? Guid.NewGuid().ToString("N")}@{from.Domain}";
        var text = new TextPart(TextFormat.Plain) { Text = message.Text };
        mime.Body = message.Html is null ? text : new MultipartAlternative { text, new TextPart(TextFormat.Html) { Text = message.Html } };
        return mime;
    }

    private static MailboxAddress Address(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') < 0 && MailboxAddress.TryParse(text, out var address) && address.Address.Contains('@', StringComparison.Ordinal)
            ? address
            : throw new ArgumentException("The mail's receiver is not an address.");
}
