using System.Text.RegularExpressions;
using Carafe.Mail;
using Microsoft.EntityFrameworkCore;
using MyApi.Auth;

namespace MyApi.Tests;

/// <summary>What somebody can do who reads the mail of an account, and nobody else.</summary>
public sealed partial class RecoveryTests
{
    private const string NewPassword = "another horse battery";

    [Fact]
    public async Task A_forgotten_password_is_replaced_once_and_every_session_ends()
    {
        await using var app = await Api.StartAsync();
        var alice = await LoginAsync(app, "alice");
        await app.Client.PostJson("/auth/forgot", new { email = "ALICE@example.com" }).Expect(202);
        var code = await CodeAsync(app, "Set a new password");

        await app.Client.PostJson("/auth/reset", new { token = code, password = "12345678" }).ExpectError(422, "password");
        await app.Client.PostJson("/auth/reset", new { token = code, password = NewPassword }).Expect(204);

        await alice.GetAsync("/auth/me").ExpectError(401);
        await app.Client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).ExpectError(401);
        await app.Client.PostJson("/auth/login", new { email = "alice@example.com", password = NewPassword }).Expect(200);
        await app.Client.PostJson("/auth/reset", new { token = code, password = "third horse battery" }).ExpectError(400, "token");
    }

    [Fact]
    public async Task The_response_is_the_same_for_an_address_that_nobody_has()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await app.Tasks.RunAsync();
        var before = app.Services.GetRequiredService<Mailbox>().Messages.Count;

        using var known = await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" });
        using var unknown = await app.Client.PostJson("/auth/forgot", new { email = "nobody@example.com" });

        Assert.Equal((known.StatusCode, await known.Content.ReadAsStringAsync()), (unknown.StatusCode, await unknown.Content.ReadAsStringAsync()));
        Assert.Equal(Names(known), Names(unknown));
        await app.Tasks.RunAsync();
        Assert.Equal("alice@example.com", Assert.Single(app.Services.GetRequiredService<Mailbox>().Messages.Skip(before)).To);

        static IEnumerable<string> Names(HttpResponseMessage response) => response.Headers.Select(header => header.Key).Order();
    }

    [Fact]
    public async Task A_code_works_for_half_an_hour()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        var code = await CodeAsync(app, "Set a new password");

        app.Clock.Advance(TimeSpan.FromMinutes(30));

        await app.Client.PostJson("/auth/reset", new { token = code, password = NewPassword }).ExpectError(400, "token");
    }

    [Fact]
    public async Task Of_two_resets_with_one_code_one_wins()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        var code = await CodeAsync(app, "Set a new password");

        var responses = await Task.WhenAll(Enumerable.Range(0, 4).Select(number =>
            app.Client.PostJson("/auth/reset", new { token = code, password = $"{NewPassword} {number}" })));

        Assert.Equal(1, responses.Count(response => (int)response.StatusCode == 204));
        Assert.All(responses, response => Assert.InRange((int)response.StatusCode, 204, 499));
        responses.ToList().ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task A_code_for_something_else_or_of_a_former_address_is_refused()
    {
        await using var app = await Api.StartAsync();
        var alice = await LoginAsync(app, "alice");
        var verify = await CodeAsync(app, "Confirm your address");
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        var second = await CodeAsync(app, "Set a new password");

        await app.Client.PostJson("/auth/reset", new { token = verify, password = NewPassword }).ExpectError(400, "token");
        await app.Client.PostJson("/auth/verify", new { token = second }).ExpectError(400, "token");
        await alice.PostJson("/auth/email", new { current_password = Api.Password, new_email = "new@example.com" }).Expect(200);
        await app.Client.PostJson("/auth/reset", new { token = second, password = NewPassword }).ExpectError(400, "token");
        await app.Client.PostJson("/auth/verify", new { token = verify }).ExpectError(400, "token");
    }

    [Fact]
    public async Task A_stranger_who_asks_for_mails_makes_no_code_void_and_sends_three_in_half_an_hour()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        var own = await CodeAsync(app, "Set a new password");
        for (var i = 0; i < 8; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(2));
            await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
            await app.Tasks.RunAsync();
        }

        Assert.Equal(3, app.Services.GetRequiredService<Mailbox>().Messages.Count(mail => mail.Subject == "Set a new password"));
        var last = await CodeAsync(app, "Set a new password");
        await app.Client.PostJson("/auth/reset", new { token = own, password = NewPassword }).Expect(204);
        await app.Client.PostJson("/auth/reset", new { token = last, password = "third horse battery" }).ExpectError(400, "token");
    }

    [Fact]
    public async Task An_address_is_confirmed_and_another_one_is_not()
    {
        await using var app = await Api.StartAsync();
        var alice = await LoginAsync(app, "alice");
        await app.Client.PostJson("/auth/verify", new { token = await CodeAsync(app, "Confirm your address") }).Expect(204);
        Assert.NotNull(await VerifiedAsync(app));

        app.Clock.Advance(TimeSpan.FromMinutes(2));
        var sent = app.Services.GetRequiredService<Mailbox>().Messages.Count;
        await alice.PostAsync("/auth/verify/resend", null).Expect(202);
        await app.Tasks.RunAsync();
        Assert.Equal(sent, app.Services.GetRequiredService<Mailbox>().Messages.Count);

        await alice.PostJson("/auth/email", new { current_password = Api.Password, new_email = "new@example.com" }).Expect(200);
        Assert.Null(await VerifiedAsync(app));
        await app.Client.PostAsync("/auth/verify/resend", null).ExpectError(401);
        await alice.PostAsync("/auth/verify/resend", null).Expect(202);
        await app.Client.PostJson("/auth/verify", new { token = await CodeAsync(app, "Confirm your address") }).Expect(204);
        Assert.NotNull(await VerifiedAsync(app));
    }

    [Fact]
    public async Task However_often_it_is_asked_for_one_mail_is_sent_in_a_minute()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        for (var i = 0; i < 5; i++)
        {
            await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
            await app.Tasks.RunAsync();
            app.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Single(app.Services.GetRequiredService<Mailbox>().Messages, mail => mail.Subject == "Set a new password");
    }

    [Fact]
    public async Task Neither_the_tasks_nor_the_database_hold_a_code()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        var code = await CodeAsync(app, "Set a new password");

        var rows = await app.WithAsync<AppDb, string>(async db => string.Join('\n',
            (await db.MailTokens.ToListAsync()).Select(token => Convert.ToHexString(token.Hash))));
        Assert.DoesNotContain(code, rows + string.Join('\n', (await app.Tasks.ListAsync()).Select(task => $"{task.Arguments} {task.Result} {task.Error}")),
            StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexString(MailToken.HashOf(code)), rows, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_mail_nobody_is_told_to_wait_for_one()
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration["MAIL_URL"] = "off");

        await app.Client.RegisterAsync("alice").Expect(201);
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).ExpectError(503);
        await app.Tasks.ExpectNoneEnqueued<SendVerification>();
    }

    [Fact]
    public async Task A_session_that_changes_the_account_again_and_again_does_not_keep_its_owner_out()
    {
        await using var app = await Api.StartAsync();
        var thief = await LoginAsync(app, "alice");
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        var code = await CodeAsync(app, "Set a new password");

        // Hashing the new password takes long enough for many changes.
        var reset = app.Client.PostJson("/auth/reset", new { token = code, password = NewPassword });
        for (var name = 0; !reset.IsCompleted; name++)
        {
            using var changed = await thief.PutJson("/users/1", new { username = $"alice{name}" });
        }

        await reset.Expect(204);
        await thief.GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task A_code_is_worth_nothing_once_the_password_was_changed()
    {
        await using var app = await Api.StartAsync();
        var alice = await LoginAsync(app, "alice");
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        var code = await CodeAsync(app, "Set a new password");

        await alice.PostJson("/auth/password", new { current_password = Api.Password, new_password = NewPassword }).Expect(204);

        await app.Client.PostJson("/auth/reset", new { token = code, password = "third horse battery" }).ExpectError(400, "token");
    }

    private static async Task<HttpClient> LoginAsync(TestApp app, string name)
    {
        await app.Client.RegisterAsync(name).Expect(201);
        var tokens = await app.Client.PostJson("/auth/login", new { email = $"{name}@example.com", password = Api.Password }).Expect(200);
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        return client;
    }

    private static async Task<string> CodeAsync(TestApp app, string subject)
    {
        await app.Tasks.RunAsync();
        return Code().Match(app.Services.GetRequiredService<Mailbox>().Messages.Last(mail => mail.Subject == subject).Text).Value;
    }

    private static Task<DateTimeOffset?> VerifiedAsync(TestApp app) =>
        app.WithAsync<AppDb, DateTimeOffset?>(db => db.Users.Select(user => user.EmailVerifiedAt).SingleAsync());

    [GeneratedRegex("^[A-Za-z0-9_-]{43}$", RegexOptions.Multiline)]
    private static partial Regex Code();
}
