using System.CommandLine;
using System.Globalization;

namespace Carafe.Auth;

/// <summary>Adds the commands <c>keys rotate</c>, <c>keys list</c> and <c>keys retire KID</c>.</summary>
internal static class KeysCommand
{
    // Longer than the kit and most resource servers keep a JWKS.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    public static Command Create(WebApplication app) =>
        // The ring needs valid settings, and help does not.
        new("keys", "Manage the key ring that signs access tokens (JWT_ALGORITHM ES256 or RS256).")
        {
            Rotate(app.Services), List(app.Services), Retire(app.Services),
        };

    private static Command Rotate(IServiceProvider services)
    {
        var now = new Option<bool>("--now") { Description = "Sign with it at once, as after a leak. Otherwise it is published an hour before it signs." };
        var command = new Command("rotate", "Add a key. Older keys go on verifying until they are retired.") { now };
        command.SetAction(parsed =>
        {
            var ring = services.GetRequiredService<KeyRing>();
            RequireRing(ring);
            var key = ring.Rotate(parsed.GetValue(now) ? TimeSpan.Zero : Overlap);
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key.Id} signs from {key.SignsFrom:u}."));
            return 0;
        });
        return command;
    }

    private static Command List(IServiceProvider services)
    {
        var command = new Command("list", "List the keys, the newest first.");
        command.SetAction(parsed =>
        {
            var ring = services.GetRequiredService<KeyRing>();
            var keys = ring.Files();
            var signer = ring.Signer(keys);
            foreach (var key in keys)
            {
                var state = key == signer ? "signs" : signer is null || key.SignsFrom > signer.SignsFrom ? "waits" : "verifies";
                var line = string.Create(CultureInfo.InvariantCulture, $"{key.Id}  {key.Algorithm}  {key.SignsFrom:u}  {state}");
                parsed.InvocationConfiguration.Output.WriteLine(line);
            }

            return 0;
        });
        return command;
    }

    private static Command Retire(IServiceProvider services)
    {
        var id = new Argument<string>("kid");
        var command = new Command("retire", "Delete a key: its tokens are refused within a minute. The one that signs is refused unless another can.") { id };
        command.SetAction(parsed =>
        {
            var ring = services.GetRequiredService<KeyRing>();
            var keys = ring.Files();
            var key = keys.FirstOrDefault(key => key.Id == parsed.GetValue(id)) ?? throw new CommandException($"There is no key '{parsed.GetValue(id)}'.");
            if (key == ring.Signer(keys) && !keys.Any(other => other != key && ring.IsDue(other)))
            {
                throw new CommandException("This key signs and no other can yet. Add one first: keys rotate --now");
            }

            File.Delete(key.Path);
            parsed.InvocationConfiguration.Output.WriteLine($"{key.Id} is deleted.");
            return 0;
        });
        return command;
    }

    private static void RequireRing(KeyRing ring)
    {
        if (ring.Algorithm == KeyRing.Symmetric)
        {
            throw new CommandException("JWT_ALGORITHM is HS256, which signs with JWT_SECRET_KEY. Set it to ES256 or RS256 to use a key ring.");
        }
    }
}
