using System.Globalization;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Reads the options of a URL, named as those of the clients of MariaDB and MySQL. A hyphen and an underscore are one.</summary>
internal static class MySqlUrlOptions
{
    private static readonly Dictionary<string, Action<MySqlConnectionStringBuilder, string>> Known = new()
    {
        ["ssl-mode"] = (connection, value) => connection.SslMode = Mode(value),
        ["ssl-ca"] = (connection, value) => connection.SslCa = value,
        ["ssl-cert"] = (connection, value) => connection.SslCert = value,
        ["ssl-key"] = (connection, value) => connection.SslKey = value,
        ["tls-version"] = (connection, value) => connection.TlsVersion = value,
        ["socket"] = Socket,
        ["unix-socket"] = Socket,
        ["charset"] = Charset,
        ["connect-timeout"] = (connection, value) => connection.ConnectionTimeout = Number("connect-timeout", value, 1000),
        ["max-pool-size"] = (connection, value) => connection.MaximumPoolSize = Number("max-pool-size", value, 1000),
        ["compress"] = (connection, value) => connection.UseCompression = value switch
        {
            "0" => false,
            "1" => true,
            _ => throw new FormatException("the option compress must be 0 or 1."),
        },
        ["get-server-public-key"] = (connection, value) => connection.AllowPublicKeyRetrieval = value switch
        {
            "0" => false,
            "1" => true,
            _ => throw new FormatException("the option get-server-public-key must be 0 or 1."),
        },
        ["server-public-key-path"] = (connection, value) => connection.ServerRsaPublicKeyFile = value,
    };

    public static void Set(MySqlConnectionStringBuilder connection, string name, string value)
    {
        if (!Known.TryGetValue(name, out var set))
        {
            throw new FormatException($"the option '{name}' is not known. Known are {string.Join(", ", Known.Keys)}.");
        }

        set(connection, value);
    }

    private static void Charset(MySqlConnectionStringBuilder connection, string value)
    {
        if (value is not "utf8mb4")
        {
            throw new FormatException("the option charset must be utf8mb4, which is what is used.");
        }
    }

    private static void Socket(MySqlConnectionStringBuilder connection, string value)
    {
        connection.Server = value.StartsWith('/') ? value : throw new FormatException("the option socket must be the path of a socket, from the root.");
        connection.ConnectionProtocol = MySqlConnectionProtocol.UnixSocket;
    }

    private static MySqlSslMode Mode(string value) => value.Replace('-', '_').ToLowerInvariant() switch
    {
        "disabled" => MySqlSslMode.None,
        "preferred" => MySqlSslMode.Preferred,
        "required" => MySqlSslMode.Required,
        "verify_ca" => MySqlSslMode.VerifyCA,
        "verify_identity" => MySqlSslMode.VerifyFull,
        _ => throw new FormatException("the option ssl-mode must be disabled, preferred, required, verify-ca or verify-identity."),
    };

    private static uint Number(string name, string value, uint most) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most && number > 0
            ? number
            : throw new FormatException($"the option {name} must be a whole number from 1 to {most.ToString(CultureInfo.InvariantCulture)}.");
}
