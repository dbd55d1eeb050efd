using System.Security.Cryptography;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>
/// Makes an account when its address is confirmed (<c>REGISTER_BY_MAIL</c>). Whether the address had one already is looked up by the task that sends the
/// mail, so the request has the same work, and the same response, for every address.
/// </summary>
internal static class RegistrationByMail
{
    // Each costs a hash.
    private const int Most = 5;

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

    /// <summary>
    /// Confirm an e-mail address with a mailed code. With the password that an account was asked for with, that account is made. The code shows who reads
    /// the mail, and the password who asked: anybody may ask for an account with somebody else's address.
    /// </summary>
    internal static async Task<NoContent> Verify(
        ConfirmRequest request, AppDb db, PasswordService passwords, AddressChanger addresses, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (hash, now) = (MailToken.HashOf(request.Token), clock.GetUtcNow());
        var email = await db.PendingAccounts.Where(row => row.CodeHash == hash && row.ExpiresAt > now).Select(row => row.Email)
            .FirstOrDefaultAsync(cancellationToken);
        if (email is null)
        {
            return await Recovery.Verify(new VerifyRequest(request.Token), db, clock, cancellationToken);
        }

        var user = await AskedForAsync(email, request.Password, db, passwords, now, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Of two at once one uses the code. The rows stay until they expire: they count as mails to the address.
        var none = RandomNumberGenerator.GetBytes(32);
        if (await db.PendingAccounts.Where(row => row.CodeHash == hash)
            .ExecuteUpdateAsync(row => row.SetProperty(account => account.CodeHash, none), cancellationToken) == 0)
        {
            throw Recovery.Invalid();
        }

        await db.PendingAccounts.Where(row => row.Email == email)
            .ExecuteUpdateAsync(row => row.SetProperty(account => account.PasswordHash, ""), cancellationToken);
        db.Users.Add(user);
        await addresses.SaveAsync(user, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    // Any code of the address does: a stranger who asks first leaves no mail to whoever asks last.
    private static async Task<User> AskedForAsync(
        string email, string? password, AppDb db, PasswordService passwords, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await db.PendingAccounts.AsNoTracking().Where(row => row.Email == email && row.ExpiresAt > now && row.PasswordHash != "")
            .OrderByDescending(row => row.Id).Take(Most).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            var user = new User { Username = row.Username, Email = row.Email, PasswordHash = row.PasswordHash, EmailVerifiedAt = now };
            if (password is not null && await passwords.VerifyAsync(user, password, cancellationToken))
            {
                return user;
            }
        }

        throw Abort.Invalid("password", "is not one that an account was asked for with, for this address, in the last hour");
    }
}
