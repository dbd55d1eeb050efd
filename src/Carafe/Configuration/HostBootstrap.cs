using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Carafe.Configuration;

/// <summary>Holds what must be known before there is a builder: the environment's name, the content root and the .env files.</summary>
internal sealed record HostBootstrap(string EnvironmentName, string ContentRoot, Dotenv Dotenv)
{
    private const string Aspnetcore = "ASPNETCORE_ENVIRONMENT";
    private const string Dotnet = "DOTNET_ENVIRONMENT";

    public static HostBootstrap Read(string[] args, Func<string, string?> variable)
    {
        var root = Path.GetFullPath(Argument(args, "--contentRoot") ?? variable("ASPNETCORE_CONTENTROOT") ?? variable("DOTNET_CONTENTROOT")
            ?? Directory.GetCurrentDirectory());
        var dotenv = new Dotenv(variable);
        var (name, source) = Argument(args, "--environment") is { } argument ? (argument, "--environment") : (Filled(variable(Aspnetcore)), Aspnetcore);
        if (name is null || EnvironmentNames.Find(name) != EnvironmentNames.Testing)
        {
            dotenv.Add(Find(root, ".env"));
        }

        if (name is null)
        {
            (name, source) = Filled(dotenv.Values.GetValueOrDefault(Aspnetcore)) is { } own
                ? (own, $"{Aspnetcore} in .env")
                : (Filled(variable(Dotnet)) ?? Environments.Production, Dotnet);
        }

        var known = EnvironmentNames.Find(name) ?? throw new ConfigurationException([EnvironmentNames.Error(name, source), .. dotenv.Errors]);
        if (known == EnvironmentNames.Testing)
        {
            // A developer's own settings must not reach the tests.
            dotenv = new Dotenv(variable);
        }

        dotenv.Add(Find(root, $".env.{known}"));
        return new HostBootstrap(known, root, dotenv);
    }

    /// <summary>Adds the .env values above appsettings and below the real environment.</summary>
    public void AddTo(IConfigurationManager configuration)
    {
        var values = Dotenv.Values.ToDictionary(value => value.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
            value => value.Value);
        var environment = configuration.Sources.Last(source => source is EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        configuration.Sources.Insert(configuration.Sources.IndexOf(environment), new MemoryConfigurationSource { InitialData = values });
    }

    /// <summary>Gets the value of an option that must be known before the command line can be parsed.</summary>
    public static string? Argument(string[] args, string name)
    {
        for (var at = 0; at < args.Length && args[at] != "--"; at++)
        {
            if (args[at].StartsWith(name + '=', StringComparison.OrdinalIgnoreCase))
            {
                return args[at][(name.Length + 1)..];
            }

            if (args[at].Equals(name, StringComparison.OrdinalIgnoreCase) && at + 1 < args.Length)
            {
                return args[at + 1];
            }
        }

        return null;
    }

    // The content root, or the nearest folder above it that has the file, up to the root of the repository, or to the solution where there is no
    // repository: `dotnet run --project app/MyApi` makes app/MyApi the content root, and the .env is usually beside the solution.
    private static string Find(string root, string file)
    {
        var folders = new List<string>();
        for (var folder = new DirectoryInfo(root); folder is not null; folder = folder.Parent)
        {
            folders.Add(folder.FullName);
        }

        var top = folders.FindIndex(folder => Path.Exists(Path.Combine(folder, ".git")));
        top = top >= 0 ? top : folders.FindIndex(HasSolution);
        return folders.Take(top + 1).Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists) ?? Path.Combine(root, file);
    }

    private static bool HasSolution(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, "*.sln*").Any(file => Path.GetExtension(file) is ".sln" or ".slnx");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder above that the app may not list is not the solution's.
            return false;
        }
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
