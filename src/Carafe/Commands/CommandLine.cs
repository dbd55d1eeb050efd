using System.CommandLine;
using System.CommandLine.Help;
using Carafe.Configuration;
using Carafe.Hosting;

namespace Carafe.Commands;

/// <summary>
/// Runs the app's command line: makes the app, finds the command, validates the settings, and turns an error into one clear line and an exit code.
/// </summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int Misused = 2;
    private const int Misconfigured = 78;
    private const int Cancelled = 130;

    public static async Task<int> RunAsync(string[] args, Func<string[], Action<WebApplicationBuilder>?, WebApplication> create, TextWriter output,
        TextWriter error)
    {
        if (OpenFileLimit.Error() is { } limit)
        {
            await error.WriteLineAsync(limit);
            return Misconfigured;
        }

        var log = new ConsoleLogRouting(Serving(args));
        try
        {
            await using var app = create(args, log.Configure);
            return await InvokeAsync(app, args, new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, log);
        }
        // `dotnet ef` and test factories take the built app by throwing HostAbortedException.
        catch (Exception exception) when (exception is not HostAbortedException)
        {
            var (line, code) = exception switch
            {
                ConfigurationException => (exception.Message, Misconfigured),
                OptionsValidationException options => (new ConfigurationException([.. options.Failures]).Message, Misconfigured),
                CommandException command => (command.Message, command.ExitCode),
                OperationCanceledException => ("Cancelled.", Cancelled),
                _ => ($"The app could not be made: {exception}", Failed),
            };
            await error.WriteLineAsync(line);
            return code;
        }
    }

    private static async Task<int> InvokeAsync(WebApplication app, string[] args, InvocationConfiguration console, ConsoleLogRouting log)
    {
        var root = Root(app, log);
        var parsed = root.Parse(args);
        var asked = parsed.Action is HelpAction || root.Options.OfType<VersionOption>().Any(version => parsed.GetResult(version) is { Implicit: false });
        if (parsed.Errors.Count > 0 && !asked)
        {
            throw new CommandException(Misuse(parsed), Misused);
        }

        if (!asked)
        {
            app.Services.GetRequiredService<SettingsValidator>().Validate();
        }

        if (parsed.CommandResult.Command is RootCommand or IRunsUntilStopped)
        {
            // They handle signals themselves: requests, or tasks, come to their end.
            console.ProcessTerminationTimeout = null;
        }

        try
        {
            return await parsed.InvokeAsync(console);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk, a folder without rights: the message says all, and a trace nothing more.
            throw new CommandException($"'{Path(parsed)}' failed: {exception.Message}", Failed);
        }
        catch (Exception exception)
            when (exception is not (CommandException or ConfigurationException or OptionsValidationException or OperationCanceledException))
        {
            app.Logger.LogCritical(exception, "The command failed");
            throw new CommandException($"'{Path(parsed)}' failed: {exception.Message}", Failed);
        }
    }

    private static RootCommand Root(WebApplication app, ConsoleLogRouting log)
    {
        var run = new RunCommand(app, log, app.Services.GetServices<RunFlag>());
        var root = new RootCommand($"{app.Environment.ApplicationName}. Without a command: run.") { run };
        run.AddTo(root);
        GlobalOptions.AddTo(root);
        foreach (var factory in app.Services.GetServices<CommandFactory>())
        {
            root.Subcommands.Add(factory.Create(app));
        }

        return root;
    }

    // Runs before there is an app, so the other commands and the flags of run are unknown: a word that is left over must be one of them.
    private static bool Serving(string[] args)
    {
        var run = new RunCommand(null!, null!, []);
        var root = new RootCommand { run };
        run.AddTo(root);
        GlobalOptions.AddTo(root);
        var parsed = root.Parse(args);
        return parsed.Action is not HelpAction && parsed.Errors.Count == parsed.UnmatchedTokens.Count
            && parsed.UnmatchedTokens.All(token => token.StartsWith('-'));
    }

    private static string Misuse(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var problems = string.Join(" ", parsed.Errors.Select(exception => exception.Message).Distinct());
        var known = command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Any(token => !token.StartsWith('-'))
            ? $" The commands are {string.Join(", ", command.Subcommands.Where(child => !child.Hidden).Select(child => child.Name))}."
            : "";
        return $"{problems}{known} See {(command is RootCommand ? "" : Path(parsed) + " ")}--help.";
    }

    private static string Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var at = parsed.CommandResult; at?.Command is { } command and not RootCommand; at = at.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Push(command.Name);
        }

        return names.Count == 0 ? "run" : string.Join(' ', names);
    }
}
