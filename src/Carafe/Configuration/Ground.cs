namespace Carafe.Configuration;

/// <summary>What must be known before there is a builder: the environment's name and the .env files.</summary>
internal sealed record Ground(string EnvironmentName, IReadOnlyDictionary<string, string?> Dotenv)
{
    // First cut: no .env yet.
    public static Ground Read(string[] args)
    {
        var at = Array.IndexOf(args, "--environment");
        var name = at >= 0 && at + 1 < args.Length ? args[at + 1]
            : Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Production;
        return new Ground(name, new Dictionary<string, string?>());
    }

    public void AddTo(IConfigurationManager configuration) => configuration.AddInMemoryCollection(Dotenv);
}
