using System.Globalization;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Carafe.Data.Postgres;

/// <summary>The provider of <c>postgresql:</c> URLs, with libpq's names for the options.</summary>
internal sealed class PostgresProvider : DatabaseProvider
{
    public override string Name => "PostgreSQL";

    public override IReadOnlyList<string> Schemes { get; } = ["postgresql", "postgres"];

    public override KeyValuePair<string, object>? GeneratedKey => new("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);

    public override void Check(DatabaseUrl url) => Read(url);

    public override Database Open(DatabaseUrl url, IServiceProvider services)
    {
        var connection = Read(url);
        connection.CommandTimeout = services.GetRequiredService<DatabaseSettings>().DatabaseTimeout;
        return new PostgresDatabase(connection, services.GetRequiredService<ILoggerFactory>());
    }

    private static NpgsqlConnectionStringBuilder Read(DatabaseUrl url)
    {
        if (url.Name.Length == 0)
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
            // Short, so that a server that is gone, or takes connections and says nothing, is 503 within seconds.
            Timeout = 1,
            CancellationTimeout = 1000,
            // Asking for it first would double that.
            GssEncryptionMode = GssEncryptionMode.Disable,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 2,
            TcpKeepAliveInterval = 1,
            MaxAutoPrepare = 100,
            // Opening a connection costs a server many times what a statement does. In a burst after the start 100 at once, Npgsql's default, are not open within the second
            // that they have, and 100 is all that a server lets in.
            MaxPoolSize = 20,
        };
        foreach (var (name, value) in url.Options)
        {
            Set(connection, name, value);
        }

        return connection;
    }

    private static void Set(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                connection.SslMode = Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) && !char.IsAsciiDigit(value[0])
                    ? mode
                    : throw new FormatException("the option sslmode must be disable, allow, prefer, require, verify-ca or verify-full.");
                break;
            case "sslrootcert":
                connection.RootCertificate = value;
                break;
            case "sslcert":
                connection.SslCertificate = value;
                break;
            case "sslkey":
                connection.SslKey = value;
                break;
            case "host":
                connection.Host = value;
                break;
            case "application_name":
                connection.ApplicationName = value;
                break;
            case "options":
                connection.Options = value;
                break;
            case "target_session_attrs":
                connection.TargetSessionAttributes = value;
                break;
            case "connect_timeout":
                connection.Timeout = Number(name, value);
                break;
            case "max_pool_size":
                connection.MaxPoolSize = Number(name, value);
                break;
            case "max_auto_prepare":
                connection.MaxAutoPrepare = Number(name, value);
                break;
            default:
                throw new FormatException($"the option '{name}' is not known. Known are sslmode, sslrootcert, sslcert, sslkey, host, application_name, options, "
                    + "target_session_attrs, connect_timeout, max_pool_size and max_auto_prepare.");
        }
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 1000
            ? number
            : throw new FormatException($"the option {name} must be a whole number up to 1000.");
}
