namespace Carafe.Data.Providers;

/// <summary>Lists the providers of the app, the app's own before the built-in ones.</summary>
internal sealed class DatabaseProviders(IEnumerable<DatabaseProvider> registered)
{
    private readonly DatabaseProvider[] _all = [.. registered.Reverse()];

    public IReadOnlyList<DatabaseProvider> All => _all;

    public Database Open(string text, IServiceProvider services)
    {
        var url = DatabaseUrl.Parse(text);
        var provider = Find(url.Scheme);
        return Opened(provider, provider.Open(url, services));
    }

    /// <summary>Makes a database for what a provider makes of the model. It is never contacted.</summary>
    public static Database OpenForModel(DatabaseProvider provider, IServiceProvider services) => Opened(provider, provider.OpenForModel(services));

    public void Check(string text)
    {
        var url = DatabaseUrl.Parse(text);
        Find(url.Scheme).Check(url);
    }

    private static Database Opened(DatabaseProvider provider, Database database)
    {
        database.Provider = provider;
        return database;
    }

    private DatabaseProvider Find(string scheme) =>
        _all.FirstOrDefault(provider => provider.Schemes.Contains(scheme)) ?? throw new FormatException(scheme is "mysql" or "mariadb"
            ? $"there is no provider for {scheme}: reference Carafe.Data.MySql and call services.AddMySql(). Known are {Known()}."
            : $"the scheme '{scheme}' is not known. Known are {Known()}.");

    private string Known() => string.Join(", ", _all.SelectMany(provider => provider.Schemes).Distinct());
}
