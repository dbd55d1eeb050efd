namespace Carafe.Data.Providers;

/// <summary>The providers of the app, the app's own before the built-in ones.</summary>
internal sealed class DatabaseProviders(IEnumerable<DatabaseProvider> registered)
{
    private readonly DatabaseProvider[] _all = [.. registered.Reverse()];

    public IReadOnlyList<DatabaseProvider> All => _all;

    public Database Open(string text, IServiceProvider services)
    {
        var url = DatabaseUrl.Parse(text);
        return Find(url.Scheme).Open(url, services);
    }

    public void Check(string text)
    {
        var url = DatabaseUrl.Parse(text);
        Find(url.Scheme).Check(url);
    }

    private DatabaseProvider Find(string scheme) =>
        _all.FirstOrDefault(provider => provider.Schemes.Contains(scheme)) ?? throw new FormatException(scheme is "mysql" or "mariadb"
            ? $"there is no provider for {scheme}: EF Core 10 has none for MySQL yet. Add one with services.AddSingleton<DatabaseProvider, ...>(), or use {Known()}."
            : $"the scheme '{scheme}' is not known. Known are {Known()}.");

    private string Known() => string.Join(", ", _all.SelectMany(provider => provider.Schemes).Distinct());
}
