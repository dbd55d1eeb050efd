using System.Text.RegularExpressions;
using Carafe.Mail;
using Microsoft.EntityFrameworkCore;
using MyApi.Users;

namespace MyApi.Tests;

/// <summary>An address that may take its account back, when many want it at once, and when an admin made the change.</summary>
public sealed partial class HeldAddressTests
{
    private const string NewPassword = "another horse battery";

    [Fact]
    public async Task Whoever_wants_an_address_in_the_moment_that_it_is_given_up_does_not_get_it()
    {
        await using var app = await Api.StartAsync();
        var root = app.As(await app.AdminAsync());
        for (var round = 0; round < 4; round++)
        {
            var (name, email) = ($"owner{round}", $"owner{round}@example.com");
            var owner = await ConfirmedAsync(app, name);
            var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(at => app.UserAsync($"other{round}{at}")));
            var wanted = Enumerable.Range(0, 3).Select(at => root.PostJson("/users",
                    new { username = $"made{round}{at}", email, password = Api.Password, role = "user" }))
                .Append(app.Client.PostJson("/auth/register", new { username = $"squatter{round}", email, password = Api.Password }))
                .Concat(others.Select(other => app.As(other).PutJson($"/users/{other.Id}", new { email }))).ToList();

            await app.As(owner).PutJson($"/users/{owner.Id}", new { email = $"new{round}@example.com" }).Expect(200);
            foreach (var response in await Task.WhenAll(wanted))
            {
                Assert.Equal(409, (int)response.StatusCode);
                response.Dispose();
            }

            await app.Tasks.RunAsync();
            await app.Client.PostJson("/auth/email/restore", new { token = CodeTo(app, email), password = NewPassword }).Expect(204);
        }
    }

    [Fact]
    public async Task An_admins_change_is_final_and_the_former_address_is_told_and_free()
    {
        await using var app = await Api.StartAsync();
        var root = app.As(await app.AdminAsync());
        var alice = await ConfirmedAsync(app, "alice");

        await root.PutJson($"/users/{alice.Id}", new { email = "new@example.com" }).Expect(200);
        await app.Tasks.RunAsync();

        var mail = Assert.Single(Mails(app), mail => mail.To == "alice@example.com");
        Assert.Equal("An administrator changed your address", mail.Subject);
        Assert.DoesNotMatch(Code(), mail.Text);
        Assert.Equal("Confirm your address", Assert.Single(Mails(app), mail => mail.To == "new@example.com").Subject);
        await app.Client.PostJson("/auth/register", new { username = "next", email = "alice@example.com", password = Api.Password }).Expect(201);
    }

    [Fact]
    public async Task An_admins_change_voids_the_way_back()
    {
        await using var app = await Api.StartAsync();
        var root = app.As(await app.AdminAsync());
        var alice = await ConfirmedAsync(app, "alice");
        await app.As(alice).PutJson($"/users/{alice.Id}", new { email = "new@example.com" }).Expect(200);
        await app.Tasks.RunAsync();
        var code = CodeTo(app, "alice@example.com");

        await root.PutJson($"/users/{alice.Id}", new { email = "last@example.com" }).Expect(200);

        await app.Client.PostJson("/auth/email/restore", new { token = code, password = NewPassword }).ExpectError(400, "token");
        await root.PutJson($"/users/{alice.Id}", new { email = "ALICE@example.com" }).Expect(200);
    }

    private static async Task<User> ConfirmedAsync(TestApp app, string name)
    {
        var user = await app.UserAsync(name);
        await app.WithAsync<AppDb, int>(db => db.Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(account => account.EmailVerifiedAt, app.Clock.GetUtcNow())));
        return user;
    }

    private static string CodeTo(TestApp app, string to) => Code().Match(Mails(app).Last(mail => mail.To == to).Text).Value;

    private static IEnumerable<MailMessage> Mails(TestApp app) => app.Services.GetRequiredService<Mailbox>().Messages;

    [GeneratedRegex("^[A-Za-z0-9_-]{43}$", RegexOptions.Multiline)]
    private static partial Regex Code();
}
