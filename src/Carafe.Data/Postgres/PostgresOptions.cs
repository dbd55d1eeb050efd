using System.Globalization;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>Reads the options of a URL, named as in libpq (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS).</summary>
internal static class PostgresOptions
{
    private static readonly Dictionary<string, Action<NpgsqlConnectionStringBuilder, string>> Known = new()
    {
        ["sslmode"] = (connection, value) =>
            connection.SslMode = Choice<SslMode>("sslmode", value, "disable, allow, prefer, require, verify-ca or verify-full"),
        ["sslrootcert"] = (connection, value) => connection.RootCertificate = value,
        ["sslcert"] = (connection, value) => connection.SslCertificate = value,
        ["sslkey"] = (connection, value) => connection.SslKey = value,
        ["sslpassword"] = (connection, value) => connection.SslPassword = value,
        ["sslnegotiation"] = (connection, value) => connection.SslNegotiation = Choice<SslNegotiation>("sslnegotiation", value, "postgres or direct"),
        ["channel_binding"] = (connection, value) => connection.ChannelBinding = Choice<ChannelBinding>("channel_binding", value, "disable, prefer or require"),
        ["gssencmode"] = (connection, value) => connection.GssEncryptionMode = Choice<GssEncryptionMode>("gssencmode", value, "disable, prefer or require"),
        ["krbsrvname"] = (connection, value) => connection.KerberosServiceName = value,
        ["require_auth"] = (connection, value) => connection.RequireAuth = value,
        ["host"] = (connection, value) => connection.Host = value,
        ["hostaddr"] = (connection, value) => connection.Host = value,
        ["port"] = (connection, value) => _ = value,
        ["dbname"] = (connection, value) => connection.Database = value,
        ["user"] = (connection, value) => connection.Username = value,
        ["password"] = (connection, value) => connection.Password = value,
        ["passfile"] = (connection, value) => connection.Passfile = value,
        ["application_name"] = (connection, value) => connection.ApplicationName = value,
        ["fallback_application_name"] = (connection, value) => connection.ApplicationName ??= value,
        ["client_encoding"] = (connection, value) => connection.ClientEncoding = value,
        ["options"] = (connection, value) => connection.Options = value,
        ["target_session_attrs"] = (connection, value) => connection.TargetSessionAttributes = value,
        ["load_balance_hosts"] = (connection, value) => connection.LoadBalanceHosts = value switch
        {
            "random" => true,
            "disable" => false,
            _ => throw new FormatException("the option load_balance_hosts must be disable or random."),
        },
        ["keepalives"] = (connection, value) =>
            connection.TcpKeepAlive = value switch { "0" => false, "1" => true, _ => throw new FormatException("the option keepalives must be 0 or 1.") },
        ["keepalives_idle"] = (connection, value) => connection.TcpKeepAliveTime = Number("keepalives_idle", value, 86_400),
        ["keepalives_interval"] = (connection, value) => connection.TcpKeepAliveInterval = Number("keepalives_interval", value, 86_400),
        // The system decides how many probes it sends, and when it gives data up; Npgsql has no say in it.
        ["keepalives_count"] = (_, value) => Number("keepalives_count", value, 1000),
        ["tcp_user_timeout"] = (_, value) => Number("tcp_user_timeout", value, int.MaxValue),
        ["connect_timeout"] = (connection, value) => connection.Timeout = Number("connect_timeout", value, 1000),
        ["max_pool_size"] = (connection, value) => connection.MaxPoolSize = Number("max_pool_size", value, 1000),
        ["max_auto_prepare"] = (connection, value) => connection.MaxAutoPrepare = Number("max_auto_prepare", value, 1000),
    };

    public static void Set(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        if (!Known.TryGetValue(name, out var set))
        {
            throw new FormatException($"the option '{name}' is not known. Known are {string.Join(", ", Known.Keys)}.");
        }

        set(connection, value);
    }

    /// <summary>Gives each host its port. A host that is a path is the folder of a socket, which needs no keep-alive.</summary>
    public static void JoinPorts(NpgsqlConnectionStringBuilder connection, DatabaseUrl url)
    {
        var ports = url.Options.TryGetValue("port", out var given) ? given.Split(',').Select(port => Number("port", port, 65535)).ToArray() : [];
        var hosts = (connection.Host ?? "localhost").Split(',');
        if (ports.Length > 1 && ports.Length != hosts.Length)
        {
            throw new FormatException("the option port must have one port, or one for each host.");
        }

        if (hosts.Length == 1 || ports.Length == 0)
        {
            connection.Port = ports is [var only] ? only : connection.Port;
        }
        else
        {
            connection.Host = string.Join(',',
                hosts.Select((host, i) => string.Create(CultureInfo.InvariantCulture, $"{host}:{ports[ports.Length == 1 ? 0 : i]}")));
        }

        if (hosts.Any(host => host.StartsWith('/')))
        {
            connection.TcpKeepAlive = false;
            connection.TcpKeepAliveTime = 0;
            connection.TcpKeepAliveInterval = 0;
        }
    }

    private static T Choice<T>(string name, string value, string choices)
        where T : struct, Enum =>
        value.Length > 0 && !char.IsAsciiDigit(value[0]) && Enum.TryParse<T>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var choice)
            ? choice
            : throw new FormatException($"the option {name} must be {choices}.");

    private static int Number(string name, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new FormatException($"the option {name} must be a whole number up to {most.ToString(CultureInfo.InvariantCulture)}.");
}
