using System.Text.RegularExpressions;
using Carafe.Mail;
using Microsoft.EntityFrameworkCore;

namespace MyApi.Tests;

/// <summary>What the owner of an account is told of it by mail, and how a former address takes it back.</summary>
public sealed partial class AccountMailTests
{
    private const string NewPassword = "another horse battery";
    private const string Changed = "Your address was changed";
    private const string NewDevice = "A new sign-in to your account";

    [Fact]
    public async Task A_changed_address_is_asked_to_confirm_itself_and_the_former_one_can_take_the_account_back()
    {
        await using var app = await Api.StartAsync();
        var thief = await ConfirmedAsync(app, "alice");
        await ChangeAsync(thief, "thief@example.com").Expect(200);
        var code = await CodeAsync(app, Changed, "alice@example.com");
        Assert.NotEmpty(await CodeAsync(app, "Confirm your address", "thief@example.com"));

        await app.Client.PostJson("/auth/email/restore", new { token = code, password = "12345678" }).ExpectError(422, "password");
        await app.Client.PostJson("/auth/email/restore", new { token = code, password = NewPassword }).Expect(204);

        await thief.GetAsync("/auth/me").ExpectError(401);
        await LoginAsync(app, "thief@example.com", Api.Password).ExpectError(401);
        await LoginAsync(app, "alice@example.com", Api.Password).ExpectError(401);
        Assert.Equal(0, await app.WithAsync<AppDb, int>(db => db.KnownDevices.CountAsync()));
        await LoginAsync(app, "alice@example.com", NewPassword).Expect(200);
        await app.Client.PostJson("/auth/email/restore", new { token = code, password = NewPassword }).ExpectError(400, "token");
    }

    [Fact]
    public async Task The_way_back_works_for_seven_days()
    {
        await using var app = await Api.StartAsync();
        var alice = await ConfirmedAsync(app, "alice");
        await ChangeAsync(alice, "new@example.com").Expect(200);
        var code = await CodeAsync(app, Changed, "alice@example.com");

        app.Clock.Advance(TimeSpan.FromDays(7));

        await app.Client.PostJson("/auth/email/restore", new { token = code, password = NewPassword }).ExpectError(400, "token");
    }

    [Fact]
    public async Task Whoever_changes_the_address_again_gets_no_way_back_and_takes_none_away()
    {
        await using var app = await Api.StartAsync();
        var thief = await ConfirmedAsync(app, "alice");
        await ChangeAsync(thief, "thief@example.com").Expect(200);
        var code = await CodeAsync(app, Changed, "alice@example.com");
        await app.Client.PostJson("/auth/verify", new { token = await CodeAsync(app, "Confirm your address", "thief@example.com") }).Expect(204);

        await ChangeAsync(thief, "other@example.com").Expect(200);
        await app.Tasks.RunAsync();

        Assert.Equal("Your address was changed again", Mails(app, "thief@example.com").Last().Subject);
        Assert.DoesNotMatch(Code(), Mails(app, "thief@example.com").Last().Text);
        await app.Client.PostJson("/auth/email/restore", new { token = code, password = NewPassword }).Expect(204);
        await LoginAsync(app, "alice@example.com", NewPassword).Expect(200);
    }

    [Fact]
    public async Task An_address_that_may_come_back_is_nobody_elses_until_then()
    {
        await using var app = await Api.StartAsync();
        var thief = await ConfirmedAsync(app, "alice");
        var other = await ConfirmedAsync(app, "bob");
        await ChangeAsync(thief, "thief@example.com").Expect(200);

        await app.Client.PostJson("/auth/register", new { username = "squatter", email = "alice@example.com", password = Api.Password })
            .ExpectError(409, "email");
        await ChangeAsync(other, "ALICE@example.com").ExpectError(409, "email");
        await app.As(await app.AdminAsync())
            .PostJson("/users", new { username = "squatter", email = "alice@example.com", password = Api.Password, role = "user" }).ExpectError(409, "email");
        await ChangeAsync(thief, "alice@example.com").Expect(200);
    }

    [Fact]
    public async Task An_address_that_nobody_confirmed_is_told_nothing()
    {
        await using var app = await Api.StartAsync();
        var alice = await SignedInAsync(app, "alice");
        await app.Tasks.RunAsync();

        await ChangeAsync(alice, "right@example.com").Expect(200);
        await app.Tasks.RunAsync();

        Assert.DoesNotContain(Mails(app, "alice@example.com"), mail => mail.Subject.StartsWith(Changed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sign_in_from_a_new_device_is_told_and_one_from_a_known_device_is_not()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await ConfirmAsync(app, "alice");
        await FromAsync(app, "Firefox/141.0 (Linux)");
        await FromAsync(app, "Firefox/142.0 (Linux)");
        await app.Tasks.RunAsync();
        Assert.DoesNotContain(Mails(app, "alice@example.com"), mail => mail.Subject == NewDevice);

        await FromAsync(app, "curl/8.5.0");
        await FromAsync(app, "curl/8.6.0");
        await app.Tasks.RunAsync();

        var mail = Assert.Single(Mails(app, "alice@example.com"), mail => mail.Subject == NewDevice);
        Assert.Contains("\ncurl\n", mail.Text, StringComparison.Ordinal);
        app.Clock.Advance(TimeSpan.FromDays(91));
        await FromAsync(app, "Firefox/150.0 (Linux)");
        await app.Tasks.RunAsync();
        Assert.Equal(2, Mails(app, "alice@example.com").Count(one => one.Subject == NewDevice));
        Assert.Equal(1, await app.WithAsync<AppDb, int>(db => db.KnownDevices.CountAsync()));
    }

    [Fact]
    public async Task An_address_that_nobody_confirmed_hears_of_no_sign_in()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await FromAsync(app, "Firefox");
        await FromAsync(app, "curl");
        await app.Tasks.RunAsync();

        Assert.DoesNotContain(Mails(app, "alice@example.com"), mail => mail.Subject == NewDevice);
    }

    [Fact]
    public async Task A_day_has_three_notices_and_none_repeats_what_a_client_wrote()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await ConfirmAsync(app, "alice");
        foreach (var agent in new[] { "first", "buy at http://spam.example", "Chrome (Windows; buy)", "buy this", "buy that", "buy more" })
        {
            await FromAsync(app, agent);
            await app.Tasks.RunAsync();
        }

        var texts = Mails(app, "alice@example.com").Where(mail => mail.Subject == NewDevice).Select(mail => mail.Text).ToList();
        Assert.Equal(3, texts.Count);
        Assert.All(texts, text => Assert.DoesNotContain("buy", text, StringComparison.Ordinal));
        Assert.Contains("Chrome on Windows", texts[1], StringComparison.Ordinal);
        Assert.Contains("an unknown device", texts[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_cannot_be_noted_is_one_all_the_same()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await app.WithAsync<AppDb, int>(db => db.Database.ExecuteSqlRawAsync("DROP TABLE known_devices"));

        await FromAsync(app, "Firefox");

        Assert.Contains(app.Log, line => line.Contains("was not noted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_device_a_keyed_hash_is_kept_and_nothing_without_mail()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await FromAsync(app, "Firefox");
        Assert.Equal(32, (await app.WithAsync<AppDb, byte[]>(db => db.KnownDevices.Select(device => device.Hash).SingleAsync())).Length);

        await using var without = await Api.StartAsync(builder => builder.Configuration["MAIL_URL"] = "off");
        await without.Client.RegisterAsync("alice").Expect(201);
        await FromAsync(without, "Firefox");
        Assert.Equal(0, await without.WithAsync<AppDb, int>(db => db.KnownDevices.CountAsync()));
    }

    [Fact]
    public async Task A_schedule_deletes_expired_codes_and_devices_but_the_last_device_of_an_account()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await ConfirmAsync(app, "alice");
        await FromAsync(app, "Firefox");
        app.Clock.Advance(TimeSpan.FromHours(1));
        await FromAsync(app, "curl");
        await app.Client.PostJson("/auth/forgot", new { email = "alice@example.com" }).Expect(202);
        await app.Tasks.RunAsync();
        Assert.Equal((1, 2), await CountAsync());

        app.Clock.Advance(TimeSpan.FromDays(91));
        await app.Tasks.RunAsync();

        Assert.Equal((0, 1), await CountAsync());
        await FromAsync(app, "Chrome");
        await app.Tasks.RunAsync();
        Assert.Equal(2, Mails(app, "alice@example.com").Count(mail => mail.Subject == NewDevice));

        Task<(int Codes, int Devices)> CountAsync() =>
            app.WithAsync<AppDb, (int, int)>(async db => (await db.MailTokens.CountAsync(), await db.KnownDevices.CountAsync()));
    }

    private static async Task FromAsync(TestApp app, string agent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/login")
        {
            Content = JsonContent.Create(new { email = "alice@example.com", password = Api.Password }),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        await app.Client.SendAsync(request).Expect(200);
    }

    private static Task<HttpResponseMessage> ChangeAsync(HttpClient client, string email) =>
        client.PostJson("/auth/email", new { current_password = Api.Password, new_email = email });

    private static Task<HttpResponseMessage> LoginAsync(TestApp app, string email, string password) =>
        app.Client.PostJson("/auth/login", new { email, password });

    private static async Task<HttpClient> ConfirmedAsync(TestApp app, string name)
    {
        var client = await SignedInAsync(app, name);
        await ConfirmAsync(app, name);
        return client;
    }

    private static async Task ConfirmAsync(TestApp app, string name) =>
        await app.Client.PostJson("/auth/verify", new { token = await CodeAsync(app, "Confirm your address", $"{name}@example.com") }).Expect(204);

    private static async Task<HttpClient> SignedInAsync(TestApp app, string name)
    {
        await app.Client.RegisterAsync(name).Expect(201);
        var tokens = await LoginAsync(app, $"{name}@example.com", Api.Password).Expect(200);
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        return client;
    }

    private static async Task<string> CodeAsync(TestApp app, string subject, string to)
    {
        await app.Tasks.RunAsync();
        return Code().Match(Mails(app, to).Last(mail => mail.Subject == subject).Text).Value;
    }

    private static IEnumerable<MailMessage> Mails(TestApp app, string to) =>
        app.Services.GetRequiredService<Mailbox>().Messages.Where(mail => mail.To == to);

    [GeneratedRegex("^[A-Za-z0-9_-]{43}$", RegexOptions.Multiline)]
    private static partial Regex Code();
}
