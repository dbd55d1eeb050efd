using System.Security.Cryptography;
using Carafe.Mail;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>
/// Changes the address of an account. The new one is asked to confirm itself. The former one, if it was confirmed, is told, and for a week it can take the
/// account back, unless an admin made the change.
/// </summary>
internal sealed class AddressChanger(AppDb db, TaskClient tasks, Mailer mailer, TimeProvider clock)
{
    /// <summary>Sets another address, and saves. Ends the request with 409 when it is somebody else's, or was within a week.</summary>
    public async Task ChangeAsync(User user, string email, CancellationToken cancellationToken)
    {
        var (former, wasConfirmed) = (user.Email, user.EmailVerifiedAt is not null);
        // Who never confirmed an address may have mistyped it: its owner is not the account's.
        if (Set(user, email) && mailer.IsOn && wasConfirmed)
        {
            await TellAsync(user, former, clock.GetUtcNow(), cancellationToken);
        }

        await SaveAsync(user, cancellationToken);
    }

    /// <summary>
    /// Sets another address for an admin, and saves. That is final: the former address may be in the wrong hands, so it is told and gets no way back, and
    /// one that it had is void.
    /// </summary>
    public async Task ChangeByAdminAsync(User user, string email, CancellationToken cancellationToken)
    {
        var (former, wasConfirmed) = (user.Email, user.EmailVerifiedAt is not null);
        if (Set(user, email) && mailer.IsOn && wasConfirmed)
        {
            tasks.Enqueue(db, new SendAddressChangedByAdmin(user.Id, former));
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.MailTokens.Where(token => token.UserId == user.Id && token.Purpose == MailPurpose.Restore).ExecuteDeleteAsync(cancellationToken);
        await SaveAsync(user, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Saves an account that has a new address. Ends the request with 409 when it is somebody else's, or was within a week.</summary>
    public async Task SaveAsync(User user, CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await db.SaveChangesAsync(cancellationToken);
        // After the write: its unique index lets nobody in who has not waited for the end of what gave the address up, and that wrote what holds it.
        if (await IsHeldAsync(user.Email, user.Id, db, clock.GetUtcNow(), cancellationToken))
        {
            throw Abort.Conflict("Email already registered", "email");
        }

        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Returns whether an account, other than the one named, may still take the address back.</summary>
    public static Task<bool> IsHeldAsync(string email, int? exceptFor, AppDb db, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.MailTokens.AnyAsync(token => token.Purpose == MailPurpose.Restore && token.Email == email && token.UserId != exceptFor && token.ExpiresAt > now,
            cancellationToken);

    private bool Set(User user, string email)
    {
        var former = user.Email;
        user.ChangeEmail(email);
        if (user.Email == former)
        {
            return false;
        }

        if (mailer.IsOn)
        {
            tasks.SendVerification(db, user.Email);
        }

        return true;
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
