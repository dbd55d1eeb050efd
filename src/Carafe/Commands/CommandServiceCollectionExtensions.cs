using System.CommandLine;
using Carafe;
using Carafe.Commands;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds commands to the app's command line: <c>dotnet run -- NAME</c>.</summary>
public static class CommandServiceCollectionExtensions
{
    /// <summary>
    /// Adds a command. Set its action with <c>SetAction</c>, which returns the exit code: 0 done, 1 failed, 2 misused. Throw
    /// <see cref="CommandException"/> to fail with one clear line.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="create">Creates the command. It gets the built app, not started; the action may use its services in a scope of its own.</param>
    public static IServiceCollection AddCommand(this IServiceCollection services, Func<WebApplication, Command> create) =>
        services.AddSingleton(new CommandFactory(create));

    /// <summary>Adds a flag to <c>run</c>, which also works when no command is named.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">The flag, such as <c>--migrate</c>.</param>
    /// <param name="description">What it does, in a sentence, for <c>--help</c>.</param>
    /// <param name="given">Runs when the flag is given: the app is built and its settings are validated, but it has not started.</param>
    internal static IServiceCollection AddRunFlag(this IServiceCollection services, string name, string description, Action<WebApplication> given) =>
        services.AddSingleton(new RunFlag(name, description, given));
}
