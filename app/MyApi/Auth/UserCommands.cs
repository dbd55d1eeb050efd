using System.CommandLine;
using System.Security.Cryptography;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>Manages accounts from the command line; the first admin is created here. No account ever has a default password.</summary>
internal static class UserCommands
{
    public static Command Create(WebApplication app) =>
        new("user", "Make and manage accounts.") { Make(app), Promote(app), Disable(app), Enable(app), Logout(app), List(app) };

    private static Command Make(WebApplication app)
    {
        var username = new Argument<string>("username");
        var email = new Argument<string>("email");
        var admin = new Option<bool>("--admin") { Description = "Make an admin." };
        var stdin = new Option<bool>("--password-stdin") { Description = "Read the password from standard input. Otherwise one is made and printed once." };
        var command = new Command("create", "Make an account.") { username, email, admin, stdin };
        command.SetAction((arguments, cancel) => RunAsync(app, arguments, async (db, services) =>
        {
            var password = arguments.GetValue(stdin) ? await Console.In.ReadLineAsync(cancel) ?? "" : Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
            var role = arguments.GetValue(admin) ? Roles.Admin : Roles.User;
            var user = new User { Username = arguments.GetValue(username)!, Email = arguments.GetValue(email)!, Role = role };
            var passwords = services.GetRequiredService<PasswordService>();
            Check(user, password);
            passwords.RequireGood(password, user.Username, user.Email);
            user.PasswordHash = await passwords.HashAsync(password, cancel);
            if (await db.Users.AnyAsync(other => other.Email == user.Email || other.UsernameKey == user.UsernameKey, cancel))
            {
                throw new CommandException("That username or e-mail address is taken.");
            }

            db.Users.Add(user);
            await services.GetRequiredService<AddressChanger>().SaveAsync(user, cancel);
            return arguments.GetValue(stdin) ? $"Made {user.Role} {user.Username}." : $"Made {user.Role} {user.Username}. The password, shown once: {password}";
        }));
        return command;
    }

    private static Command Promote(WebApplication app) =>
        Change(app, "promote", "Make an account an admin.", (user, _) => user.Role = Roles.Admin, "is an admin");

    private static Command Disable(WebApplication app) =>
        Change(app, "disable", "Keep an account from signing in, and end its sessions.", (user, clock) => user.DisabledAt ??= clock.GetUtcNow(), "is disabled");

    private static Command Enable(WebApplication app) =>
        Change(app, "enable", "Let a disabled account sign in again.", (user, _) => user.DisabledAt = null, "is enabled");

    private static Command Logout(WebApplication app)
    {
        var who = Who();
        var command = new Command("logout", "End every session of an account.") { who };
        command.SetAction((arguments, cancel) => RunAsync(app, arguments, async (db, services) =>
        {
            var user = await FindAsync(db, arguments.GetValue(who)!, cancel);
            await services.GetRequiredService<SessionManager>().EndAllAsync(user.Id, cancellationToken: cancel);
            return $"{user.Username} is signed out everywhere.";
        }));
        return command;
    }

    private static Command List(WebApplication app)
    {
        var command = new Command("list", "List the accounts: id, role, state, username, e-mail.");
        command.SetAction((arguments, cancel) => RunAsync(app, arguments, async (db, _) =>
        {
            await foreach (var user in db.Users.AsNoTracking().OrderBy(user => user.Id).AsAsyncEnumerable().WithCancellation(cancel))
            {
                var state = user.DisabledAt is null ? "" : "disabled";
                await arguments.InvocationConfiguration.Output.WriteLineAsync($"{user.Id,6}  {user.Role,-6} {state,-9} {user.Username,-24} {user.Email}");
            }

            return null;
        }));
        return command;
    }

    private static Command Change(WebApplication app, string name, string description, Action<User, TimeProvider> change, string done)
    {
        var who = Who();
        var command = new Command(name, description) { who };
        command.SetAction((arguments, cancel) => RunAsync(app, arguments, async (db, services) =>
        {
            var user = await FindAsync(db, arguments.GetValue(who)!, cancel);
            change(user, services.GetRequiredService<TimeProvider>());
            await db.SaveChangesAsync(cancel);
            return $"{user.Username} {done}.";
        }));
        return command;
    }

    private static Argument<string> Who() => new("user") { Description = "The username or the e-mail address." };

    private static async Task<User> FindAsync(AppDb db, string who, CancellationToken cancel)
    {
        var key = who.ToLowerInvariant();
        return await db.Users.FirstOrDefaultAsync(user => user.UsernameKey == key || user.Email == key, cancel)
            ?? throw new CommandException($"There is no account '{who}'.");
    }

    private static void Check(User user, string password)
    {
        var errors = new List<ValidationResult>();
        var request = new CreateUserRequest(user.Username, user.Email, password, user.Role);
        if (!Validator.TryValidateObject(request, new ValidationContext(request), errors, validateAllProperties: true))
        {
            var messages = errors.Select(error => $"{string.Join(", ", error.MemberNames)} {error.ErrorMessage?.TrimEnd('.')}.");
            throw new CommandException(string.Join(" ", messages), exitCode: 2);
        }
    }

    private static async Task<int> RunAsync(WebApplication app, ParseResult arguments, Func<AppDb, IServiceProvider, Task<string?>> work)
    {
        await using var scope = app.Services.CreateAsyncScope();
        try
        {
            if (await work(scope.ServiceProvider.GetRequiredService<AppDb>(), scope.ServiceProvider) is { } said)
            {
                await arguments.InvocationConfiguration.Output.WriteLineAsync(said);
            }
        }
        catch (AbortException refused)
        {
            throw new CommandException(refused.Message);
        }

        return 0;
    }
}
