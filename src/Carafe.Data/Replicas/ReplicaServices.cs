using Carafe.Data.Limits;
using Carafe.Data.Postgres;
using Carafe.Limits;
using Carafe.Replicas;

namespace Carafe.Data.Replicas;

internal static class ReplicaServices
{
    private static readonly string[] Schemes = ["postgresql", "postgres"];

    /// <summary>Offers the app's database, if it is a PostgreSQL, as the store of limits and as the channel between replicas.</summary>
    public static void AddPostgresReplicas(this IServiceCollection services)
    {
        services.AddSingleton(new LimitStoreSource("postgresql", 10,
            provider => ConnectionOf(provider) is { } connection ? new PostgresLimitStore(connection) : null));
        services.AddSingleton(new ReplicaChannelSource(10, provider => ConnectionOf(provider) is { } connection
            ? new PostgresReplicaChannel(connection, provider.GetRequiredService<ILogger<PostgresReplicaChannel>>())
            : null));
    }

    private static string? ConnectionOf(IServiceProvider provider)
    {
        try
        {
            var url = DatabaseUrl.Parse(provider.GetRequiredService<DatabaseSettings>().DatabaseUrl);
            return Schemes.Contains(url.Scheme) ? PostgresProvider.Read(url).ConnectionString : null;
        }
        catch (FormatException)
        {
            // The check of DATABASE_URL reports it.
            return null;
        }
    }
}
