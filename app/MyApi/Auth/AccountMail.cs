using Carafe.Mail;
using Carafe.Tasks;

namespace MyApi.Auth;

/// <summary>The task that tells a former address that it is no longer an account's.</summary>
public sealed record SendAddressChanged(int UserId, string Email, bool HasWayBack);

/// <summary>The task that tells a former address that an admin gave the account another one.</summary>
public sealed record SendAddressChangedByAdmin(int UserId, string Email);

/// <summary>The task that tells of a sign-in from a new device.</summary>
public sealed record SendSignInNotice(int UserId, DateTimeOffset At, string Address, string Agent);

/// <summary>What the mail to a former address says that has a way back.</summary>
public sealed record AddressChangedMail(string Username, string Code);

/// <summary>What the mail to a former address says that has none.</summary>
public sealed record AddressChangedNotice(string Username);

/// <summary>What the mail to a former address says after an admin's change.</summary>
public sealed record AddressChangedByAdminNotice(string Username);

/// <summary>What the mail about a new device says.</summary>
public sealed record SignInMail(string Username, string At, string Address, string Agent);

/// <summary>Mails what the owner of an account should know that happened to it.</summary>
internal static class AccountMail
{
    public static IServiceCollection AddAccountMail(this IServiceCollection services)
    {
        services.AddScoped<AddressChanger>();
        services.AddScoped<SignInNotifier>();
        services.AddMailTemplate<AddressChangedMail>(
            "Your address was changed",
            """
            Hello {{ username }},

            your account has another e-mail address now, and this one is no longer used. If that was you, you need do nothing.

            If it was not you, send this code with a new password within seven days (POST /auth/email/restore). Your address is what it was, and whoever is
            signed in is signed out:

            {{ code }}
            """);
        services.AddMailTemplate<AddressChangedNotice>(
            "Your address was changed again",
            """
            Hello {{ username }},

            your account has another e-mail address now, and this one is no longer used. It was changed before within seven days: the mail about that, to the
            address before, has a code that takes the account back.
            """);
        services.AddMailTemplate<AddressChangedByAdminNotice>(
            "An administrator changed your address",
            """
            Hello {{ username }},

            an administrator gave your account another e-mail address, and this one is no longer used. If you did not ask for that, write to the administrators.
            """);
        services.AddMailTemplate<SignInMail>(
            "A new sign-in to your account",
            """
            Hello {{ username }},

            somebody signed in to your account with a device that was not used before:

            {{ at }}, from {{ address }}
            {{ agent }}

            If that was you, you need do nothing. If it was not you, set a new password (POST /auth/forgot), which signs out everywhere.
            """);
        services.AddTask<SendAddressChanged>(SendAddressChangedAsync, new() { Defaults = new() { Retention = TimeSpan.Zero } });
        services.AddTask<SendAddressChangedByAdmin>(SendAddressChangedByAdminAsync, new() { Defaults = new() { Retention = TimeSpan.Zero } });
        services.AddTask<SendSignInNotice>(SendSignInNoticeAsync,
            new() { Defaults = new() { ExpiresAfter = TimeSpan.FromDays(1), Retention = TimeSpan.FromHours(1) } });
        return services;
    }

    private static async Task SendAddressChangedAsync(
        SendAddressChanged task, TaskContext context, AppDb db, Mailer mailer, TimeProvider clock, CancellationToken cancel)
    {
        if (await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Id == task.UserId, cancel) is not { } user)
        {
            return;
        }

        if (!task.HasWayBack)
        {
            await mailer.SendAsync(mailer.Render(task.Email, new AddressChangedNotice(user.Username)) with { Id = context.IdempotencyKey }, cancel);
            return;
        }

        // Each attempt makes a secret of its own, which makes the last one's void: so each mail has an id of its own as well.
        var (secret, now) = (MailToken.NewSecret(), clock.GetUtcNow());
        var hash = MailToken.HashOf(secret);
        if (await db.MailTokens.Where(token => token.UserId == task.UserId && token.Purpose == MailPurpose.Restore && token.Email == task.Email
            && token.ExpiresAt > now).ExecuteUpdateAsync(token => token.SetProperty(row => row.Hash, hash), cancel) == 1)
        {
            await mailer.SendAsync(
                mailer.Render(task.Email, new AddressChangedMail(user.Username, secret)) with { Id = $"{context.IdempotencyKey}{context.Attempt}" }, cancel);
        }
    }

    private static async Task SendAddressChangedByAdminAsync(
        SendAddressChangedByAdmin task, TaskContext context, AppDb db, Mailer mailer, CancellationToken cancel)
    {
        if (await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Id == task.UserId, cancel) is { } user)
        {
            await mailer.SendAsync(mailer.Render(task.Email, new AddressChangedByAdminNotice(user.Username)) with { Id = context.IdempotencyKey }, cancel);
        }
    }

    private static async Task SendSignInNoticeAsync(SendSignInNotice task, TaskContext context, AppDb db, Mailer mailer, CancellationToken cancel)
    {
        // An address that nobody confirmed may be a stranger's.
        if (await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Id == task.UserId && user.EmailVerifiedAt != null, cancel) is { } user)
        {
            var mail = new SignInMail(user.Username, $"{task.At:yyyy-MM-dd HH:mm} UTC", task.Address, task.Agent);
            await mailer.SendAsync(mailer.Render(user.Email, mail) with { Id = context.IdempotencyKey }, cancel);
        }
    }
}
