using System.CommandLine;

namespace Carafe.Commands;

/// <summary>Defines the options of every command. <see cref="CarafeApp.CreateBuilder"/> has read them by the time the command line is parsed.</summary>
internal static class GlobalOptions
{
    public static void AddTo(RootCommand root)
    {
        root.Options.Add(new Option<string>("--environment") { Description = "Development, Testing or Production.", HelpName = "NAME", Recursive = true });
        // The platform's own options, sent by `dotnet ef` and WebApplicationFactory.
        root.Options.Add(new Option<string>("--contentRoot") { Hidden = true, Recursive = true });
        root.Options.Add(new Option<string>("--applicationName") { Hidden = true, Recursive = true });
    }
}
