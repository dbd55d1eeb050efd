using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Identity;

namespace Peer.Auth;

public sealed class RegisterRules : Validator<RegisterRequest>
{
    public RegisterRules()
    {
        RuleFor(account => account.Username).NotEmpty().MaximumLength(80);
        RuleFor(account => account.Email).NotEmpty().EmailAddress();
        RuleFor(account => account.Password).Length(8, 128);
    }
}

public sealed class Register(AppDb db, IPasswordHasher<User> hasher, TimeProvider clock) : Endpoint<RegisterRequest, AccountResponse>
{
    public override void Configure()
    {
        Post("/auth/register");
        AllowAnonymous();
    }

    public override async Task HandleAsync(RegisterRequest req, CancellationToken ct)
    {
        var user = new User { Username = req.Username, Email = req.Email.ToLowerInvariant(), CreatedAt = clock.GetUtcNow().UtcDateTime };
        user.PasswordHash = hasher.HashPassword(user, req.Password);
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            ThrowError("Username or email taken", 409);
        }

        HttpContext.Response.Headers.Location = $"/users/{user.Id}";
        await Send.ResponseAsync(new AccountResponse(user.Id, user.Username, user.Email, user.CreatedAt), 201, ct);
    }
}

public sealed class Login(AppDb db, IPasswordHasher<User> hasher, IConfiguration configuration, TimeProvider clock) : Endpoint<LoginRequest, TokenPair>
{
    public override void Configure()
    {
        Post("/auth/login");
        AllowAnonymous();
    }

    public override async Task HandleAsync(LoginRequest req, CancellationToken ct)
    {
        var email = req.Email.ToLowerInvariant();
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Email == email, ct);
        if (user is null || hasher.VerifyHashedPassword(user, user.PasswordHash, req.Password) == PasswordVerificationResult.Failed)
        {
            await Send.UnauthorizedAsync(ct);
            return;
        }

        await Send.OkAsync(Tokens.For(user, configuration, clock.GetUtcNow().UtcDateTime), ct);
    }
}
