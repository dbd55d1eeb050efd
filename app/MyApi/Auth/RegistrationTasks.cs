using Carafe.Mail;
using Carafe.Tasks;

namespace MyApi.Auth;

/// <summary>The task that mails the response to a registration. It names a row, so that the tasks hold neither an address nor a hash.</summary>
public sealed record SendRegistration(int PendingId);

/// <summary>What the mail says to an address that has no account.</summary>
public sealed record RegistrationMail(string Username, string Code);

/// <summary>What the mail says to an address that has one. It repeats nothing of what was asked for.</summary>
public sealed record AlreadyRegisteredMail;

/// <summary>Mails the response to a registration: a code, or that there is an account.</summary>
internal static class RegistrationTasks
{
    // However often it is asked for, an address gets so many mails in the time that a code is valid.
    private const int Most = 3;

    public static IServiceCollection AddRegistrationByMail(this IServiceCollection services)
    {
        services.AddSettings<AccountSettings>();
        services.AddMailTemplate<RegistrationMail>(
            "Confirm your address",
            """
            Hello {{ username }},

            somebody asked for an account with this address. If that was you, send this code and the password that you chose within an hour
            (POST /auth/verify, {"token": "the code", "password": "your password"}), and the account is made:

            {{ code }}

            If it was not you, you need do nothing: there is no account.
            """);
        services.AddMailTemplate<AlreadyRegisteredMail>(
            "You have an account already",
            """
            Hello,

            somebody asked for an account with this address, and it has one already, or had until its address was changed less than seven days ago. If that
            was you, sign in, or set a new password (POST /auth/forgot).

            If it was not you, you need do nothing: nothing has changed.
            """);
        services.AddTask<SendRegistration>(SendAsync, new() { Defaults = new() { ExpiresAfter = PendingAccount.Lifetime, Retention = TimeSpan.Zero } });
        return services;
    }

    private static async Task SendAsync(SendRegistration task, TaskContext context, AppDb db, Mailer mailer, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (await db.PendingAccounts.AsNoTracking().FirstOrDefaultAsync(row => row.Id == task.PendingId && row.ExpiresAt > now, cancel) is not { } pending
            || await db.PendingAccounts.CountAsync(row => row.Email == pending.Email && row.Id < pending.Id && row.ExpiresAt > now, cancel) >= Most)
        {
            return;
        }

        if (await db.Users.AnyAsync(user => user.Email == pending.Email, cancel) || await AddressChanger.IsHeldAsync(pending.Email, null, db, now, cancel))
        {
            await mailer.SendAsync(mailer.Render(pending.Email, new AlreadyRegisteredMail()) with { Id = context.IdempotencyKey }, cancel);
            return;
        }

        // Each attempt makes a code of its own, which makes the last one's void: so each mail has an id of its own as well.
        var secret = MailToken.NewSecret();
        var hash = MailToken.HashOf(secret);
        if (await db.PendingAccounts.Where(row => row.Id == pending.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(account => account.CodeHash, hash), cancel) == 1)
        {
            var mail = mailer.Render(pending.Email, new RegistrationMail(pending.Username, secret));
            await mailer.SendAsync(mail with { Id = $"{context.IdempotencyKey}{context.Attempt}" }, cancel);
        }
    }
}
