using Carafe.Mail;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>Makes an account at once. A taken address is 409, as a taken name is.</summary>
internal static class Registration
{
    /// <summary>Make an account.</summary>
    internal static async Task<Created<UserResponse>> Register(
        RegisterRequest request, AppDb db, PasswordService passwords, AddressChanger addresses, TaskClient tasks, Mailer mailer, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        ReservedNames.Refuse(request.Username);
        passwords.RequireGood(request.Password, request.Username, request.Email);
        var user = new User { Username = request.Username, Email = request.Email };
        await RefuseTakenAsync(user, db, clock.GetUtcNow());
        user.PasswordHash = await passwords.HashAsync(request.Password, cancellationToken);
        db.Users.Add(user);
        if (mailer.IsOn)
        {
            tasks.SendVerification(db, user.Email);
        }

        await addresses.SaveAsync(user, cancellationToken);

        return TypedResults.Created($"/users/{user.Id}", UserResponse.Own(user));
    }

    // The unique indexes decide; this check names the member and saves a hash. An address that may take its account back is taken as well.
    private static async Task RefuseTakenAsync(User user, AppDb db, DateTimeOffset now)
    {
        var taken = await db.Users
            .Where(other => other.Email == user.Email || other.UsernameKey == user.UsernameKey)
            .Select(other => other.Email)
            .Concat(db.MailTokens.Where(token => token.Email == user.Email && token.Purpose == MailPurpose.Restore && token.ExpiresAt > now)
                .Select(token => token.Email))
            .ToListAsync(RequestCancellation.Token);
        if (taken.Count > 0)
        {
            throw taken.Contains(user.Email) ? Abort.Conflict("Email already registered", "email") : Abort.Conflict("Username already taken", "username");
        }
    }
}
