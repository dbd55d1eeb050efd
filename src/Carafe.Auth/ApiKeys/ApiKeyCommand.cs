using System.CommandLine;
using System.Globalization;

namespace Carafe.Auth;

/// <summary>Adds the commands <c>apikeys create</c>, <c>apikeys list</c> and <c>apikeys revoke</c>.</summary>
internal static class ApiKeyCommand
{
    public static Command Create(WebApplication app) =>
        new("apikeys", "Manage API keys, which stand for an account without its password.") { Add(app), List(app), Revoke(app) };

    private static Command Add(WebApplication app)
    {
        var (user, name) = (new Argument<string>("username"), new Argument<string>("name") { Description = "What the key is for." });
        var scopes = new Option<string>("--scopes") { Required = true, Description = "What it may do, separated by spaces: \"posts:read posts:write\"." };
        var days = new Option<int?>("--days") { Description = "How many days it lives. Default: until it is revoked." };
        var command = new Command("create", "Create a key and show it, once.") { user, name, scopes, days };
        command.SetAction((parsed, cancellation) => WithAsync(app, async keys =>
        {
            var account = await AccountAsync(keys, parsed.GetValue(user)!, cancellation);
            try
            {
                var lifetime = parsed.GetValue(days) is { } count ? TimeSpan.FromDays(count) : default(TimeSpan?);
                var scope = parsed.GetValue(scopes)!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var created = await keys.CreateAsync(account, parsed.GetValue(name)!, scope, lifetime, cancellation);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(created.Key);
            }
            catch (ArgumentException invalid)
            {
                throw new CommandException(invalid.Message.Split(" (Parameter")[0]);
            }
        }));
        return command;
    }

    private static Command List(WebApplication app)
    {
        var user = new Argument<string>("username");
        var command = new Command("list", "List the keys of an account, the newest first.") { user };
        command.SetAction((parsed, cancellation) => WithAsync(app, async keys =>
        {
            foreach (var key in await keys.ListAsync(await AccountAsync(keys, parsed.GetValue(user)!, cancellation), cancellation))
            {
                var expires = key.ExpiresAt is { } end ? string.Create(CultureInfo.InvariantCulture, $"expires {end:u}") : "does not expire";
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"{key.Id}  {key.Prefix}...  {key.Name}  {string.Join(' ', key.Scopes)}  {expires}");
            }
        }));
        return command;
    }

    private static Command Revoke(WebApplication app)
    {
        var id = new Argument<Guid>("id") { Description = "The id that list shows." };
        var command = new Command("revoke", "Delete a key: its next request is refused.") { id };
        command.SetAction((parsed, cancellation) => WithAsync(app, async keys =>
        {
            if (!await keys.RevokeAsync(parsed.GetValue(id), cancellation))
            {
                throw new CommandException($"There is no key {parsed.GetValue(id)}.");
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{parsed.GetValue(id)} is revoked.");
        }));
        return command;
    }

    private static async Task<int> AccountAsync(ApiKeyManager keys, string username, CancellationToken cancellation) =>
        await keys.AccountAsync(username, cancellation) ?? throw new CommandException($"There is no account '{username}'.");

    private static async Task<int> WithAsync(WebApplication app, Func<ApiKeyManager, Task> run)
    {
        await using var scope = app.Services.CreateAsyncScope();
        await run(scope.ServiceProvider.GetRequiredService<ApiKeyManager>());
        return 0;
    }
}
