using System.Text.RegularExpressions;
using Carafe.Mail;
using Microsoft.EntityFrameworkCore;
using MyApi.Auth;

namespace MyApi.Tests;

/// <summary>Registering that tells nobody whether an address has an account: <c>REGISTER_BY_MAIL</c>.</summary>
public sealed partial class RegisterByMailTests
{
    private const string Confirm = "Confirm your address";
    private const string Already = "You have an account already";

    [Fact]
    public async Task The_response_is_the_same_for_a_new_address_and_a_taken_one()
    {
        await using var app = await StartAsync();
        await app.UserAsync("alice");

        using var unknown = await app.ExpectQueries(3, () => RegisterAsync(app, "carol", "new@example.com"));
        using var taken = await app.ExpectQueries(3, () => RegisterAsync(app, "dave", "ALICE@example.com"));

        Assert.Equal((202, ""), ((int)unknown.StatusCode, await unknown.Content.ReadAsStringAsync()));
        Assert.Equal((202, ""), ((int)taken.StatusCode, await taken.Content.ReadAsStringAsync()));
        Assert.Equal(Headers(unknown), Headers(taken));
        await app.Tasks.RunAsync();
        Assert.Equal([(Confirm, "new@example.com"), (Already, "alice@example.com")], Mails(app).Select(mail => (mail.Subject, mail.To)).Order());
        Assert.DoesNotContain("dave", Mails(app).Single(mail => mail.Subject == Already).Text, StringComparison.Ordinal);

        static IEnumerable<string> Headers(HttpResponseMessage response) => response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or "X-Request-ID"))
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order();
    }

    [Fact]
    public async Task An_account_is_made_by_the_code_from_the_mail_once_and_within_an_hour()
    {
        await using var app = await StartAsync();
        await RegisterAsync(app, "carol", "Carol@example.com").Expect(202);
        var code = await CodeAsync(app, "carol@example.com");
        await LoginAsync(app, "carol@example.com").ExpectError(401);
        await app.Client.GetAsync("/users/carol").ExpectError(404);

        await VerifyAsync(app, code).Expect(204);

        await LoginAsync(app, "carol@example.com").Expect(200);
        Assert.NotNull(await app.WithAsync<AppDb, DateTimeOffset?>(db => db.Users.Select(user => user.EmailVerifiedAt).SingleAsync()));
        await VerifyAsync(app, code).ExpectError(400, "token");
        await RegisterAsync(app, "late", "late@example.com").Expect(202);
        var late = await CodeAsync(app, "late@example.com");
        app.Clock.Advance(TimeSpan.FromHours(1));
        await VerifyAsync(app, late).ExpectError(400, "token");
    }

    [Fact]
    public async Task A_taken_name_is_409_and_a_pending_one_is_free()
    {
        await using var app = await StartAsync();
        await app.UserAsync("alice");

        await RegisterAsync(app, "Alice", "new@example.com").ExpectError(409, "username");
        await RegisterAsync(app, "carol", "alice@example.com").Expect(202);
        await RegisterAsync(app, "carol", "first@example.com").Expect(202);
        await RegisterAsync(app, "carol", "second@example.com").Expect(202);
        await VerifyAsync(app, await CodeAsync(app, "first@example.com")).Expect(204);

        await VerifyAsync(app, await CodeAsync(app, "second@example.com")).ExpectError(409, "username");
        await RegisterAsync(app, "other", "second@example.com").Expect(202);
        await VerifyAsync(app, await CodeAsync(app, "second@example.com")).Expect(204);
    }

    [Fact]
    public async Task A_stranger_who_asks_first_gives_the_account_no_password_and_keeps_nobody_out()
    {
        const string Strangers = "a stranger's own words";
        await using var app = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await app.Client.PostJson("/auth/register", new { username = "vicky", email = "vicky@example.com", password = Strangers }).Expect(202);
        }

        await RegisterAsync(app, "vicky", "vicky@example.com").Expect(202);
        var code = await CodeAsync(app, "vicky@example.com");
        Assert.Equal(3, Mails(app).Count());
        await app.Client.PostJson("/auth/verify", new { token = code }).ExpectError(400, "password");
        await VerifyAsync(app, code, "neither of the two").ExpectError(400, "password");

        await VerifyAsync(app, code).Expect(204);

        await LoginAsync(app, "vicky@example.com").Expect(200);
        await app.Client.PostJson("/auth/login", new { email = "vicky@example.com", password = Strangers }).ExpectError(401);
        Assert.Equal(0, await app.WithAsync<AppDb, int>(db => db.PendingAccounts.CountAsync(row => row.PasswordHash != "")));
    }

    [Fact]
    public async Task Of_many_codes_and_confirmations_one_makes_the_account()
    {
        await using var app = await StartAsync();
        await RegisterAsync(app, "carol", "carol@example.com").Expect(202);
        var code = await CodeAsync(app, "carol@example.com");
        await RegisterAsync(app, "caroline", "carol@example.com").Expect(202);
        var other = await CodeAsync(app, "carol@example.com");

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(at => VerifyAsync(app, at % 2 == 0 ? code : other)));

        Assert.Single(responses, response => (int)response.StatusCode == 204);
        Assert.All(responses, response => Assert.InRange((int)response.StatusCode, 204, 499));
        Assert.Equal(1, await app.WithAsync<AppDb, int>(db => db.Users.CountAsync()));
        responses.ToList().ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task An_address_gets_three_mails_an_hour_whatever_it_has()
    {
        await using var app = await StartAsync();
        await app.UserAsync("alice");
        for (var i = 0; i < 5; i++)
        {
            await RegisterAsync(app, $"carol{i}", "carol@example.com").Expect(202);
            await RegisterAsync(app, $"dave{i}", "alice@example.com").Expect(202);
        }

        await app.Tasks.RunAsync();
        Assert.Equal(3, Mails(app).Count(mail => mail.To == "carol@example.com"));
        Assert.Equal(3, Mails(app).Count(mail => mail.To == "alice@example.com"));

        app.Clock.Advance(TimeSpan.FromHours(1));
        await RegisterAsync(app, "carol", "carol@example.com").Expect(202);
        await app.Tasks.RunAsync();
        Assert.Equal(4, Mails(app).Count(mail => mail.To == "carol@example.com"));
    }

    [Fact]
    public async Task A_code_that_was_used_counts_as_a_mail()
    {
        await using var app = await StartAsync();
        await RegisterAsync(app, "carol", "carol@example.com").Expect(202);
        await VerifyAsync(app, await CodeAsync(app, "carol@example.com")).Expect(204);

        for (var i = 0; i < 3; i++)
        {
            await RegisterAsync(app, $"carol{i}", "carol@example.com").Expect(202);
        }

        await app.Tasks.RunAsync();
        Assert.Equal(3, Mails(app).Count(mail => mail.To == "carol@example.com"));
        Assert.Equal(1, await app.WithAsync<AppDb, int>(db => db.PendingAccounts.CountAsync(row => row.PasswordHash == "")));
    }

    [Fact]
    public async Task A_schedule_deletes_what_is_pending_and_has_expired()
    {
        await using var app = await StartAsync();
        await RegisterAsync(app, "carol", "carol@example.com").Expect(202);
        app.Clock.Advance(PendingAccount.Lifetime);
        await RegisterAsync(app, "dave", "dave@example.com").Expect(202);

        await app.Tasks.RunAsync();

        Assert.Equal("dave", await app.WithAsync<AppDb, string>(db => db.PendingAccounts.Select(row => row.Username).SingleAsync()));
    }

    [Fact]
    public async Task Neither_the_tasks_nor_the_database_hold_the_code_and_the_tasks_no_address()
    {
        await using var app = await StartAsync();
        await RegisterAsync(app, "carol", "carol@example.com").Expect(202);
        var tasks = string.Join('\n', (await app.Tasks.ListAsync()).Select(task => task.Arguments));
        var code = await CodeAsync(app, "carol@example.com");

        Assert.DoesNotContain("example.com", tasks, StringComparison.Ordinal);
        var row = await app.WithAsync<AppDb, PendingAccount>(db => db.PendingAccounts.SingleAsync());
        Assert.Equal(MailToken.HashOf(code), row.CodeHash);
        Assert.DoesNotContain(Api.Password, row.PasswordHash, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", "off", "REGISTER_BY_MAIL is true, and no mail is sent")]
    [InlineData("maybe", "memory:", "REGISTER_BY_MAIL")]
    [InlineData("true", "ftp://nowhere", "MAIL_URL")]
    public async Task Without_mail_the_start_is_refused(string setting, string mail, string reason)
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => Api.StartAsync(builder =>
            (builder.Configuration["REGISTER_BY_MAIL"], builder.Configuration["MAIL_URL"]) = (setting, mail)));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync() => Api.StartAsync(builder => builder.Configuration["REGISTER_BY_MAIL"] = "true");

    private static Task<HttpResponseMessage> RegisterAsync(TestApp app, string username, string email) =>
        app.Client.PostJson("/auth/register", new { username, email, password = Api.Password });

    private static Task<HttpResponseMessage> VerifyAsync(TestApp app, string token, string password = Api.Password) =>
        app.Client.PostJson("/auth/verify", new { token, password });

    private static Task<HttpResponseMessage> LoginAsync(TestApp app, string email) =>
        app.Client.PostJson("/auth/login", new { email, password = Api.Password });

    private static async Task<string> CodeAsync(TestApp app, string to)
    {
        await app.Tasks.RunAsync();
        return Code().Match(Mails(app).Last(mail => mail.To == to && mail.Subject == Confirm).Text).Value;
    }

    private static IEnumerable<MailMessage> Mails(TestApp app) => app.Services.GetRequiredService<Mailbox>().Messages;

    [GeneratedRegex("^[A-Za-z0-9_-]{43}$", RegexOptions.Multiline)]
    private static partial Regex Code();
}
