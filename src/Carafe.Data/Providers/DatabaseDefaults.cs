namespace Carafe.Data.Providers;

/// <summary>Chooses the URL where none is configured, and validates one that is.</summary>
internal sealed class DatabaseDefaults(IHostEnvironment environment, DatabaseProviders providers) : IValidateOptions<DatabaseSettings>
{
    public static string Url(DatabaseSettings settings, IHostEnvironment environment) =>
        settings.DatabaseUrl.Length > 0 ? settings.DatabaseUrl
        : environment.IsDevelopment() ? "sqlite:///dev.db"
        : environment.IsTesting() ? "sqlite:///:memory:"
        : "";

    public ValidateOptionsResult Validate(string? name, DatabaseSettings options)
    {
        var url = Url(options, environment);
        if (url.Length == 0)
        {
            return ValidateOptionsResult.Fail(
                "DATABASE_URL is not set. Expected something like postgresql://user:password@host/name or sqlite:////path/app.db.");
        }

        try
        {
            providers.Check(url);
            return ValidateOptionsResult.Success;
        }
        catch (FormatException error)
        {
            return ValidateOptionsResult.Fail($"DATABASE_URL: {error.Message}");
        }
    }
}
