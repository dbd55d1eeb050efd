using Carafe.Limits;
using Microsoft.AspNetCore.Identity;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Auth;

/// <summary>Counts failures, and checks a password only when the counts allow it.</summary>
internal sealed class ThrottledLoginService(
    PasswordService passwords, LoginThrottle throttle, RefusalDelay delay, SessionStore store, SessionManager sessions, IOptions<JsonOptions> json,
    AuthMetrics metrics, ILogger<LoginService> logger)
    : LoginService
{
    private static readonly ApiError Refused = new(StatusCodes.Status401Unauthorized, "Invalid credentials.") { Reason = "invalid_credentials" };

    public override async Task<TUser> VerifyAsync<TUser>(TUser? account, string name, string password, HttpContext context)
        where TUser : class
    {
        var outcome = "failed";
        try
        {
            var known = await VerifyAsync(account, name, password, context, upgrade: true);
            outcome = "accepted";
            return known;
        }
        catch (AbortException abort) when (abort.Error.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status429TooManyRequests)
        {
            outcome = abort.Error.Status == StatusCodes.Status401Unauthorized ? "refused" : "throttled";
            if (abort.Error.Status == StatusCodes.Status429TooManyRequests)
            {
                await delay.WaitAsync(context);
            }

            throw;
        }
        finally
        {
            metrics.Login(outcome);
        }
    }

    public override async Task ChangePasswordAsync<TUser>(TUser account, string current, string next, HttpContext context)
    {
        var names = json.Value.SerializerOptions.PropertyNamingPolicy;
        passwords.RequireGood(next, account.Username, account.Email, names?.ConvertName("NewPassword") ?? "NewPassword");
        var old = account.PasswordHash;
        await VerifyAsync(account, account.Email, current, context, upgrade: false);
        if (!await store.ReplaceHashAsync(account.Id, old, await passwords.HashAsync(next, context.RequestAborted), context.RequestAborted))
        {
            throw Abort.Conflict("The password was changed by another request.");
        }

        logger.PasswordChanged(account.Id, SecurityEvents.Address(context));
        await sessions.EndAllAsync(account.Id, CurrentUser.From(context)?.SessionId, context.RequestAborted);
    }

    private async Task<TUser> VerifyAsync<TUser>(TUser? account, string name, string password, HttpContext context, bool upgrade)
        where TUser : class, IAccount
    {
        // Whoever is signed in already does not get in the way of those who are not.
        var purpose = CurrentUser.From(context) is null ? HashPurpose.Login : HashPurpose.Account;
        var attempt = await throttle.EnterAsync(name, context);
        try
        {
            var result = await passwords.CheckAsync(account, password, purpose, context.RequestAborted, attempt.Check);
            if (account is null || account.DisabledAt is not null || result == PasswordVerificationResult.Failed)
            {
                logger.LoginRefused(SecurityEvents.Address(context));
                throw new AbortException(Refused);
            }

            await attempt.SucceededAsync();
            if (upgrade && result == PasswordVerificationResult.SuccessRehashNeeded)
            {
                await UpgradeAsync(account, password, purpose, context.RequestAborted);
            }

            return account;
        }
        finally
        {
            attempt.Leave();
        }
    }

    private async Task UpgradeAsync(IAccount account, string password, HashPurpose purpose, CancellationToken cancellationToken)
    {
        var hash = await passwords.HashAsync(password, purpose, cancellationToken);
        if (await store.ReplaceHashAsync(account.Id, account.PasswordHash, hash, cancellationToken))
        {
            account.PasswordHash = hash;
        }
    }
}
