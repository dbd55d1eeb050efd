using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Providers;

/// <summary>Holds the database of one context type. It is opened when the first context is made, so tests can still change the configuration.</summary>
internal sealed class DatabaseHandle<TContext>(
    IOptions<DatabaseSettings> settings, IHostEnvironment environment, DatabaseProviders providers, IServiceProvider services) : IAsyncDisposable
    where TContext : DbContext
{
    private readonly Lazy<Database> _database = new(() => providers.Open(DatabaseDefaults.Url(settings.Value, environment), services));

    public Database Database => _database.Value;

    public ValueTask DisposeAsync() => _database.IsValueCreated ? _database.Value.DisposeAsync() : ValueTask.CompletedTask;
}
