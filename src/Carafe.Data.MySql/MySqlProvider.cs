using Carafe.Data.Providers;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Opens <c>mysql:</c> and <c>mariadb:</c> URLs, with the options of the servers' own clients.</summary>
internal sealed class MySqlProvider : DatabaseProvider
{
    public override string Name => "MySQL";

    public override IReadOnlyList<string> Schemes { get; } = ["mysql", "mariadb"];

    public override KeyValuePair<string, object>? GeneratedKey => new("MySql:Autoincrement", true);

    public override void Check(DatabaseUrl url) => Read(url);

    public override Database Open(DatabaseUrl url, IServiceProvider services)
    {
        var connection = Read(url);
        var timeout = services.GetRequiredService<StatementTimeout>();
        connection.DefaultCommandTimeout = (uint)timeout.Seconds;
        if (timeout.IsCommand)
        {
            connection.ConnectionTimeout = Math.Max(connection.ConnectionTimeout, 15);
        }

        return new MySqlDatabase(url.Scheme, connection);
    }

    /// <summary>Reads the connection of a URL.</summary>
    public static MySqlConnectionStringBuilder Read(DatabaseUrl url)
    {
        if (url.Name.Length == 0)
        {
            throw new FormatException($"the name of the database is missing: expected {url.Scheme}://user:password@host/name.");
        }

        var connection = new MySqlConnectionStringBuilder
        {
            Server = url.Host ?? "localhost",
            Port = (uint)(url.Port ?? 3306),
            Database = url.Name,
            UserID = url.User ?? "",
            Password = url.Password ?? "",
            // Short, so that a server that is gone, or accepts connections and does not respond, is 503 within seconds.
            ConnectionTimeout = 1,
            CancellationTimeout = 1,
            Keepalive = 2,
            // Opening a connection costs a server many times what a statement does, and a server has 151 of them for all replicas.
            MaximumPoolSize = 20,
        };
        foreach (var (name, value) in url.Options)
        {
            MySqlUrlOptions.Set(connection, name.Replace('_', '-'), value);
        }

        return connection;
    }
}
