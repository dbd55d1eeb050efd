using Carafe.Mail;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>Handles what people do who can read the mail of an account.</summary>
internal static class Recovery
{
    /// <summary>Ask for a mail with a code to set a new password. The response is the same for every address.</summary>
    internal static async Task<Accepted> Forgot(ForgotRequest request, AppDb db, TaskClient tasks, Mailer mailer, CancellationToken cancellationToken)
    {
        RequireMail(mailer);
        tasks.SendPasswordReset(db, request.Email.ToLowerInvariant());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Set a new password with a mailed code. Signs out everywhere. A code works once, for half an hour.</summary>
    internal static async Task<NoContent> Reset(
        ResetRequest request, AppDb db, PasswordService passwords, SessionManager sessions, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (hash, user) = await FindAsync(request.Token, MailPurpose.Reset, db, clock, cancellationToken);
        passwords.RequireGood(request.Password, user.Username, user.Email);
        var password = await passwords.HashAsync(request.Password, cancellationToken);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            var now = clock.GetUtcNow();
            // Not by the row's version: whoever holds a session must not keep its owner out by changing the row again and again.
            if (await db.MailTokens.Where(token => token.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 0
                || await db.Users.Where(row => row.Id == user.Id && row.Email == user.Email && row.DisabledAt == null).ExecuteUpdateAsync(row => row
                    .SetProperty(account => account.PasswordHash, password)
                    // Only the owner of an address gets its mail.
                    .SetProperty(account => account.EmailVerifiedAt, account => account.EmailVerifiedAt ?? now)
                    .SetProperty(account => account.UpdatedAt, now)
                    .SetProperty(account => account.Version, account => account.Version + 1), cancellationToken) == 0)
            {
                throw Invalid();
            }

            await db.MailTokens.Where(token => token.UserId == user.Id && token.Purpose == MailPurpose.Reset).ExecuteDeleteAsync(cancellationToken);
            await db.KnownDevices.Where(device => device.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // The password is new: nothing may keep the old sessions alive, not even a client that leaves now.
        await sessions.EndAllAsync(user.Id, cancellationToken: CancellationToken.None);
        return TypedResults.NoContent();
    }

    /// <summary>Take an account back whose address was changed.</summary>
    /// <remarks>With the code that was mailed to the former address and a new password. Signs out everywhere. A code works once, for seven days.</remarks>
    internal static async Task<NoContent> RestoreAddress(
        ResetRequest request, AppDb db, PasswordService passwords, SessionManager sessions, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (hash, now) = (MailToken.HashOf(request.Token), clock.GetUtcNow());
        if (await db.MailTokens.AsNoTracking().FirstOrDefaultAsync(
            token => token.Hash == hash && token.Purpose == MailPurpose.Restore && token.ExpiresAt > now, cancellationToken) is not { } token
            || await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Id == token.UserId && user.DisabledAt == null, cancellationToken) is not { } user)
        {
            throw Invalid();
        }

        passwords.RequireGood(request.Password, user.Username, token.Email);
        var password = await passwords.HashAsync(request.Password, cancellationToken);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (await db.MailTokens.Where(row => row.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 0
                || await db.Users.Where(row => row.Id == user.Id && row.DisabledAt == null).ExecuteUpdateAsync(row => row
                    .SetProperty(account => account.Email, token.Email)
                    .SetProperty(account => account.EmailVerifiedAt, now)
                    .SetProperty(account => account.PasswordHash, password)
                    .SetProperty(account => account.UpdatedAt, now)
                    .SetProperty(account => account.Version, account => account.Version + 1), cancellationToken) == 0)
            {
                throw Invalid();
            }

            await db.MailTokens.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
            await db.KnownDevices.Where(device => device.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await sessions.EndAllAsync(user.Id, cancellationToken: CancellationToken.None);
        return TypedResults.NoContent();
    }

    /// <summary>Confirm an e-mail address with a mailed code.</summary>
    internal static async Task<NoContent> Verify(VerifyRequest request, AppDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (hash, user) = await FindAsync(request.Token, MailPurpose.Verify, db, clock, cancellationToken);
        user.EmailVerifiedAt ??= clock.GetUtcNow();
        await SpendAsync(hash, db, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Ask for another mail with a code to confirm the address. Nothing is sent once it is confirmed, or twice within a minute.</summary>
    internal static async Task<Accepted> ResendVerification(CurrentUser me, AppDb db, TaskClient tasks, Mailer mailer, CancellationToken cancellationToken)
    {
        RequireMail(mailer);
        tasks.SendVerification(db, (await db.Users.FindOr404Async(me.Id, cancellationToken)).Email);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<(byte[] Hash, User User)> FindAsync(
        string secret, MailPurpose purpose, AppDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (hash, now) = (MailToken.HashOf(secret), clock.GetUtcNow());
        var token = await db.MailTokens.AsNoTracking()
            .FirstOrDefaultAsync(token => token.Hash == hash && token.Purpose == purpose && token.ExpiresAt > now, cancellationToken);
        return token is not null && await db.Users.FirstOrDefaultAsync(
            user => user.Id == token.UserId && user.Email == token.Email && user.DisabledAt == null, cancellationToken) is { } user
            ? (hash, user)
            : throw Invalid();
    }

    // Of two at once one deletes it.
    private static async Task SpendAsync(byte[] hash, AppDb db, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.MailTokens.Where(token => token.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            throw Invalid();
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void RequireMail(Mailer mailer)
    {
        if (!mailer.IsOn)
        {
            throw new AbortException(new ApiError(StatusCodes.Status503ServiceUnavailable, "This server sends no mail.")
            {
                RetryAfter = TimeSpan.FromHours(1),
            });
        }
    }

    public static AbortException Invalid() => Abort.Invalid("token", "is not valid, or not any more");
}
