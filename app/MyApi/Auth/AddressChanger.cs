using System.Security.Cryptography;
using Carafe.Mail;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>
/// Changes the address of an account. The new one is asked to confirm itself. The former one, if it was confirmed, is told, and for a week it can take the
/// account back.
/// </summary>
internal sealed class AddressChanger(AppDb db, TaskClient tasks, Mailer mailer, TimeProvider clock)
{
    /// <summary>Sets another address; the caller saves. Ends the request with 409 when it was somebody else's within a week.</summary>
    public async Task ApplyAsync(User user, string email, CancellationToken cancellationToken)
    {
        var (former, wasConfirmed, now) = (user.Email, user.EmailVerifiedAt is not null, clock.GetUtcNow());
        user.ChangeEmail(email);
        if (user.Email == former)
        {
            return;
        }

        await RefuseHeldAsync(user, db, now, cancellationToken);

        if (!mailer.IsOn)
        {
            return;
        }

        tasks.SendVerification(db, user.Email);
        // Who never confirmed an address may have mistyped it: its owner is not the account's.
        if (wasConfirmed)
        {
            await TellAsync(user, former, now, cancellationToken);
        }
    }

    /// <summary>Ends the request with 409 when another account may still take the address of this one back.</summary>
    public static async Task RefuseHeldAsync(User user, AppDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.MailTokens.AnyAsync(token => token.Purpose == MailPurpose.Restore && token.Email == user.Email && token.UserId != user.Id
            && token.ExpiresAt > now, cancellationToken))
        {
            throw Abort.Conflict("Email already registered", "email");
        }
    }

    // One way back at a time, for the address that stood before the first change: who took the account gets none by changing it again.
    private async Task TellAsync(User user, string former, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isFirst = !await db.MailTokens.AnyAsync(
            token => token.UserId == user.Id && token.Purpose == MailPurpose.Restore && token.ExpiresAt > now, cancellationToken);
        if (isFirst)
        {
            // Holds the address from now on. The secret is made when the mail is sent.
            db.MailTokens.Add(new MailToken
            {
                Hash = RandomNumberGenerator.GetBytes(32),
                UserId = user.Id,
                Purpose = MailPurpose.Restore,
                Email = former,
                ExpiresAt = now + MailToken.RestoreLifetime,
            });
        }

        tasks.Enqueue(db, new SendAddressChanged(user.Id, former, isFirst));
    }
}
