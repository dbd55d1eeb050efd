using System.CommandLine;
using Carafe;
using Carafe.Commands;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds commands to the app's own command line: <c>dotnet run -- NAME</c>.</summary>
public static class CommandServiceCollectionExtensions
{
    /// <summary>Adds a command. Set its work with <c>SetAction</c>; it returns the exit code: 0 done, 1 failed, 2 misused. Throw <see cref="CommandException"/> to fail with one clear line.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="create">Makes the command. It gets the built app, not started, whose services the action may use in a scope of its own.</param>
    public static IServiceCollection AddCommand(this IServiceCollection services, Func<WebApplication, Command> create) =>
        services.AddSingleton(new CommandFactory(create));

    /// <summary>Gives <c>run</c> a flag, which it also has when no command is named.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">Such as <c>--migrate</c>.</param>
    /// <param name="description">What it does, in a sentence, for <c>--help</c>.</param>
    /// <param name="given">Runs where the flag is given: when the app is built and its settings are checked, before it starts.</param>
    internal static IServiceCollection AddRunFlag(this IServiceCollection services, string name, string description, Action<WebApplication> given) =>
        services.AddSingleton(new RunFlag(name, description, given));
}
