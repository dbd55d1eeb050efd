using Carafe.Data.Providers;

namespace Carafe.Data;

/// <summary>Sets the URL where none is configured, and validates one that is.</summary>
internal sealed class DatabaseDefaults(IHostEnvironment environment, DatabaseProviders providers)
    : IPostConfigureOptions<DatabaseSettings>, IValidateOptions<DatabaseSettings>
{
    public void PostConfigure(string? name, DatabaseSettings options)
    {
        if (options.DatabaseUrl.Length == 0)
        {
            options.DatabaseUrl = environment.EnvironmentName switch
            {
                "Development" => "sqlite:///dev.db",
                "Testing" => "sqlite:///:memory:",
                _ => "",
            };
        }
    }

    public ValidateOptionsResult Validate(string? name, DatabaseSettings options)
    {
        if (options.DatabaseUrl.Length == 0)
        {
            return ValidateOptionsResult.Fail(
                "DATABASE_URL is not set. Expected something like postgresql://user:password@host/name or sqlite:////path/app.db.");
        }

        try
        {
            providers.Check(options.DatabaseUrl);
            return ValidateOptionsResult.Success;
        }
        catch (FormatException error)
        {
            return ValidateOptionsResult.Fail($"DATABASE_URL: {error.Message}");
        }
    }
}
