using System.Security.Cryptography;
using Carafe.Mail;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>
/// Makes an account when its address is confirmed (<c>REGISTER_BY_MAIL</c>). Whether the address had one already is looked up by the task that sends the
/// mail, so the request has the same work, and the same response, for every address.
/// </summary>
internal static class RegistrationByMail
{
    /// <summary>Returns whether the app registers so.</summary>
    /// <exception cref="ConfigurationException">It is to, and sends no mail.</exception>
    public static bool IsOn(IServiceProvider services)
    {
        var isOn = services.GetRequiredService<AccountSettings>().RegisterByMail;
        return isOn && !services.GetRequiredService<Mailer>().IsOn
            ? throw new ConfigurationException(["REGISTER_BY_MAIL is true, and MAIL_URL is not set: nobody could confirm an address."])
            : isOn;
    }

    /// <summary>Ask for an account. The response is the same whether the address has one or not; the mail to it says which.</summary>
    internal static async Task<Accepted> Register(
        RegisterRequest request, AppDb db, PasswordService passwords, TaskClient tasks, TimeProvider clock, CancellationToken cancellationToken)
    {
        ReservedNames.Refuse(request.Username);
        passwords.RequireGood(request.Password, request.Username, request.Email);
        // Names are public. One that is pending is free: else it would tell that the address was.
        var key = request.Username.ToLowerInvariant();
        if (await db.Users.AnyAsync(other => other.UsernameKey == key, cancellationToken))
        {
            throw Abort.Conflict("Username already taken", "username");
        }

        var pending = new PendingAccount
        {
            Username = request.Username,
            Email = request.Email,
            PasswordHash = await passwords.HashAsync(request.Password, cancellationToken),
            CodeHash = RandomNumberGenerator.GetBytes(32),
            ExpiresAt = clock.GetUtcNow() + PendingAccount.Lifetime,
        };
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.PendingAccounts.Add(pending);
        await db.SaveChangesAsync(cancellationToken);
        tasks.Enqueue(db, new SendRegistration(pending.Id));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Confirm an e-mail address with a mailed code. The account that was asked for with it is made.</summary>
    internal static async Task<NoContent> Verify(
        VerifyRequest request, AppDb db, AddressChanger addresses, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (hash, now) = (MailToken.HashOf(request.Token), clock.GetUtcNow());
        if (await db.PendingAccounts.AsNoTracking().FirstOrDefaultAsync(row => row.CodeHash == hash && row.ExpiresAt > now, cancellationToken)
            is not { } pending)
        {
            return await Recovery.Verify(request, db, clock, cancellationToken);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Of two at once one uses the code. The row stays until it expires: it counts as a mail to the address.
        var none = RandomNumberGenerator.GetBytes(32);
        if (await db.PendingAccounts.Where(row => row.Id == pending.Id && row.CodeHash == hash).ExecuteUpdateAsync(
            row => row.SetProperty(account => account.CodeHash, none).SetProperty(account => account.PasswordHash, ""), cancellationToken) == 0)
        {
            throw Recovery.Invalid();
        }

        var user = new User { Username = pending.Username, Email = pending.Email, PasswordHash = pending.PasswordHash, EmailVerifiedAt = now };
        db.Users.Add(user);
        await addresses.SaveAsync(user, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
