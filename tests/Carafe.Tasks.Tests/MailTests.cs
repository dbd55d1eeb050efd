using Carafe.Mail;
using MimeKit;

namespace Carafe.Tasks.Tests;

public sealed class MailTests
{
    private static readonly MailMessage Hello = new("Ada Lovelace <ada@example.com>", "Grüße, 世界", "Ein Text\nmit Zeilen ✓") { Html = "<p>✓</p>" };

    [Fact]
    public async Task A_mail_arrives_as_it_was_written_and_once_for_its_task()
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await StartAsync(server.Url);

        await SendAsync(app, Hello);
        var ran = Assert.Single(await app.Tasks.RunAsync());

        var mail = Assert.Single(server.Received);
        Assert.Equal(("Grüße, 世界", "ada@example.com", "Ada Lovelace", "hello@shop.example"),
            (mail.Subject, mail.To.Mailboxes.Single().Address, mail.To.Mailboxes.Single().Name, mail.From.Mailboxes.Single().Address));
        Assert.Equal("Ein Text\nmit Zeilen ✓", mail.TextBody!.ReplaceLineEndings("\n").TrimEnd());
        Assert.Equal("<p>✓</p>", mail.HtmlBody!.TrimEnd());
        Assert.Equal($"{ran.Id:N}@shop.example", mail.MessageId);
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again_and_one_that_refuses_is_not()
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await StartAsync(server.Url);
        await SendAsync(app, Hello with { To = "nobody@refused.example" });
        var refused = Assert.Single(await app.Tasks.AttemptAsync());
        Assert.Equal(TaskState.Failed, refused.State);
        Assert.Contains("550", refused.Error, StringComparison.Ordinal);

        await using var away = await StartAsync("smtp://127.0.0.1:1");
        await SendAsync(away, Hello);
        Assert.Equal(TaskState.Scheduled, Assert.Single(await away.Tasks.AttemptAsync()).State);
    }

    [Theory]
    [InlineData("a@example.com\r\nBcc: all@example.com")]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task An_address_that_is_none_is_refused_at_once(string to)
    {
        await using var app = await StartAsync("memory:");

        await Assert.ThrowsAsync<ArgumentException>(() => SendAsync(app, Hello with { To = to }));
    }

    [Fact]
    public async Task A_subject_adds_no_header()
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await StartAsync(server.Url);

        await SendAsync(app, Hello with { Subject = "Hi\r\nBcc: all@example.com" });
        await app.Tasks.RunAsync();

        var mail = Assert.Single(server.Received);
        Assert.Empty(mail.Bcc);
        Assert.Equal("Hi Bcc: all@example.com", mail.Subject);
    }

    [Fact]
    public async Task A_template_fills_in_its_model_and_encodes_it_in_HTML()
    {
        await using var app = await StartAsync("memory:", builder => builder.Services.AddMailTemplate<Welcome>(
            "Welcome, {{ user_name }}", "Hello {{user_name}}, you are number {{ number }}.", "<b>{{ user_name }}</b>"));
        var mail = app.Services.GetRequiredService<Mailer>().Render("ada@example.com", new Welcome("<Ada>\n&", 7));

        Assert.Equal(("Welcome, <Ada> &", "Hello <Ada>\n&, you are number 7.", "<b>&lt;Ada&gt;\n&amp;</b>"), (mail.Subject, mail.Text, mail.Html));
        await SendAsync(app, mail);
        await app.Tasks.RunAsync();
        Assert.Equal("ada@example.com", Assert.Single(app.Services.GetRequiredService<Mailbox>().Messages).To);
    }

    [Theory]
    [InlineData("{{ user }}", "names {{ user }}, and there is only user_name, number")]
    [InlineData("{{ UserName }}", "not of the form")]
    [InlineData("{{ user_name", "not of the form")]
    public async Task The_start_refuses_a_template_with_a_wrong_placeholder(string text, string reason)
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync("memory:",
            builder => builder.Services.AddMailTemplate<Welcome>("Subject", text)));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.com", "MAIL_URL must begin with")]
    [InlineData("smtp://", "MAIL_URL must look like")]
    [InlineData("smtp://user:secret@host:99999", "MAIL_URL the port")]
    [InlineData("smtp://user:secret@host?tls=1", "'tls'")]
    [InlineData("file:", "names no folder")]
    public async Task The_start_refuses_a_wrong_URL_without_telling_its_password(string url, string reason)
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(url));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_folder_each_mail_is_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("carafe-mail-").FullName;
        await using var app = await StartAsync($"file://{folder}");

        await SendAsync(app, Hello);
        await app.Tasks.RunAsync();

        var mail = await MimeMessage.LoadAsync(Assert.Single(Directory.GetFiles(folder, "*.eml")), TestContext.Current.CancellationToken);
        Assert.Equal("Grüße, 世界", mail.Subject);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void TLS_is_required_unless_the_server_is_this_machine()
    {
        Assert.Equal("StartTls", $"{Mail.MailRoute.Parse("smtp://mail.example.com").Security}");
        Assert.Equal("StartTlsWhenAvailable", $"{Mail.MailRoute.Parse("smtp://localhost:25").Security}");
        Assert.Equal("SslOnConnect", $"{Mail.MailRoute.Parse("smtps://mail.example.com").Security}");
        Assert.Equal("None", $"{Mail.MailRoute.Parse("smtp://mail.example.com?starttls=none").Security}");
    }

    private static Task<TestApp> StartAsync(string url, Action<WebApplicationBuilder>? configure = null) => Mailroom.StartAsync(Mailroom.Sqlite, builder =>
    {
        builder.Services.AddMail();
        builder.Configuration["MAIL_URL"] = url;
        builder.Configuration["MAIL_FROM"] = "Shop <hello@shop.example>";
        configure?.Invoke(builder);
    });

    private static Task SendAsync(TestApp app, MailMessage message) => app.WithAsync<MailroomDb>(async db =>
    {
        app.Services.GetRequiredService<Mailer>().Enqueue(db, message);
        await db.SaveChangesAsync();
    });

    public sealed record Welcome(string UserName, int Number);
}
