using Carafe.Data.Providers;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Carafe.Data.Postgres;

/// <summary>Opens <c>postgresql:</c> URLs, with libpq's names for the options.</summary>
internal sealed class PostgresProvider : DatabaseProvider
{
    public override string Name => "PostgreSQL";

    public override IReadOnlyList<string> Schemes { get; } = ["postgresql", "postgres"];

    // Its types are closest to those of C#.
    internal override bool WritesMigrations => true;

    public override KeyValuePair<string, object>? GeneratedKey => new("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);

    public override void Check(DatabaseUrl url) => Read(url);

    public override Database Open(DatabaseUrl url, IServiceProvider services)
    {
        var connection = Read(url);
        var timeout = services.GetRequiredService<StatementTimeout>();
        connection.CommandTimeout = timeout.Seconds;
        if (timeout.IsCommand)
        {
            connection.Timeout = Math.Max(connection.Timeout, 15);
        }

        return new PostgresDatabase(connection, services.GetRequiredService<ILoggerFactory>());
    }

    /// <summary>Reads the connection of a URL.</summary>
    public static NpgsqlConnectionStringBuilder Read(DatabaseUrl url)
    {
        if (url.Name.Length == 0 && !url.Options.ContainsKey("dbname"))
        {
            throw new FormatException("the name of the database is missing: expected postgresql://user:password@host/name.");
        }

        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host ?? "localhost",
            Port = url.Port ?? 5432,
            Database = url.Name,
            Username = url.User,
            Password = url.Password,
            // Short, so that a server that is gone, or accepts connections and does not respond, is 503 within seconds.
            Timeout = 1,
            CancellationTimeout = 1000,
            // Cancelling it first would double that.
            GssEncryptionMode = GssEncryptionMode.Disable,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 2,
            TcpKeepAliveInterval = 1,
            MaxAutoPrepare = 100,
            // Opening a connection costs a server many times what a statement does. In a burst after the start 100 at once, Npgsql's default, do not
            // open within the second that they have, and 100 is the server's own limit.
            MaxPoolSize = 20,
        };
        foreach (var (name, value) in url.Options)
        {
            PostgresOptions.Set(connection, name, value);
        }

        PostgresOptions.JoinPorts(connection, url);
        return connection;
    }
}
