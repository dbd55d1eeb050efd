using Carafe.Mail;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>The task that mails a way to set a new password, to whoever has the address. It runs for unknown addresses too, and does nothing.</summary>
public sealed record SendPasswordReset(string Email);

/// <summary>The task that mails a way to show that an address is one's own.</summary>
public sealed record SendVerification(string Email);

/// <summary>What the mail about a new password says.</summary>
public sealed record PasswordResetMail(string Username, string Code);

/// <summary>What the mail about an address says.</summary>
public sealed record VerificationMail(string Username, string Code);

/// <summary>
/// Mails secrets. They are made when the mail is sent, so that neither the table of tasks nor its readers ever have them, and the request that asked has
/// the same work to do for every address.
/// </summary>
internal static class RecoveryMail
{
    // However often it is asked for, an address gets one mail in that time.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // So many codes of an account are valid at once.
    private const int MostCodes = 3;

    public static IServiceCollection AddRecoveryMail(this IServiceCollection services)
    {
        services.AddMail();
        services.AddMailTemplate<PasswordResetMail>(
            "Set a new password",
            """
            Hello {{ username }},

            somebody asked for a new password for your account. If that was you, send this code with the new password within half an hour
            (POST /auth/reset):

            {{ code }}

            If it was not you, you need do nothing: your password is as it was.
            """);
        services.AddMailTemplate<VerificationMail>(
            "Confirm your address",
            """
            Hello {{ username }},

            confirm that this address is yours by sending this code within a day (POST /auth/verify):

            {{ code }}

            If you have no account here, somebody mistyped an address. You need do nothing.
            """);
        services.AddTask<SendPasswordReset>(SendResetAsync, new() { Defaults = new() { ExpiresAfter = TimeSpan.FromHours(1), Retention = TimeSpan.Zero } });
        services.AddTask<SendVerification>(SendVerificationAsync,
            new() { Defaults = new() { ExpiresAfter = TimeSpan.FromDays(1), Retention = TimeSpan.Zero } });
        return services;
    }

    public static void SendPasswordReset(this TaskClient tasks, AppDb db, string email) =>
        tasks.Enqueue(db, new SendPasswordReset(email), new TaskOptions { UniqueKey = Key(email), UniqueFor = Pause });

    public static void SendVerification(this TaskClient tasks, AppDb db, string email) =>
        tasks.Enqueue(db, new SendVerification(email), new TaskOptions { UniqueKey = Key(email), UniqueFor = Pause });

    private static Task SendResetAsync(SendPasswordReset task, TaskContext context, AppDb db, Mailer mailer, TimeProvider clock, CancellationToken cancel) =>
        SendAsync(task.Email, MailPurpose.Reset, MailToken.ResetLifetime, (user, code) => new PasswordResetMail(user.Username, code),
            context, db, mailer, clock, cancel);

    private static Task SendVerificationAsync(
        SendVerification task, TaskContext context, AppDb db, Mailer mailer, TimeProvider clock, CancellationToken cancel) =>
        SendAsync(task.Email, MailPurpose.Verify, MailToken.VerifyLifetime, (user, code) => new VerificationMail(user.Username, code),
            context, db, mailer, clock, cancel);

    private static async Task SendAsync<TMail>(string email, MailPurpose purpose, TimeSpan lifetime, Func<User, string, TMail> fill,
        TaskContext context, AppDb db, Mailer mailer, TimeProvider clock, CancellationToken cancel)
        where TMail : notnull
    {
        var now = clock.GetUtcNow();
        await db.MailTokens.Where(token => token.ExpiresAt <= now).ExecuteDeleteAsync(cancel);
        if (await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Email == email && user.DisabledAt == null, cancel) is not { } user
            || (purpose == MailPurpose.Verify && user.EmailVerifiedAt is not null))
        {
            return;
        }

        // A caller who asks for mails to somebody else's address makes none of the owner's codes void, and causes no more mails than these.
        if (await db.MailTokens.CountAsync(token => token.UserId == user.Id && token.Purpose == purpose && token.Email == user.Email, cancel) >= MostCodes)
        {
            return;
        }

        var secret = MailToken.NewSecret();
        db.MailTokens.Add(new MailToken
        {
            Hash = MailToken.HashOf(secret),
            UserId = user.Id,
            Purpose = purpose,
            Email = user.Email,
            ExpiresAt = now + lifetime,
        });
        await db.SaveChangesAsync(cancel);
        try
        {
            await mailer.SendAsync(mailer.Render(user.Email, fill(user, secret)) with { Id = context.IdempotencyKey }, cancel);
        }
        catch
        {
            // The next attempt makes another.
            var hash = MailToken.HashOf(secret);
            await db.MailTokens.Where(token => token.Hash == hash).ExecuteDeleteAsync(CancellationToken.None);
            throw;
        }
    }

    private static string Key(string email) => Convert.ToHexString(MailToken.HashOf(email));
}
