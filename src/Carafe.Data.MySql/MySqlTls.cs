using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>Writes the TLS options of a connection for the servers' own tools. MariaDB's and MySQL's have other ones.</summary>
internal static class MySqlTls
{
    public static IEnumerable<string> Options(MySqlConnectionStringBuilder connection, bool isMariaDb)
    {
        var mode = connection.SslMode switch
        {
            MySqlSslMode.None => isMariaDb ? "--skip-ssl" : "--ssl-mode=DISABLED",
            MySqlSslMode.Preferred => isMariaDb ? "--ssl" : "--ssl-mode=PREFERRED",
            MySqlSslMode.Required => isMariaDb ? "--ssl" : "--ssl-mode=REQUIRED",
            // MariaDB's tools check the name of the host as well, or nothing.
            MySqlSslMode.VerifyCA => isMariaDb ? "--ssl-verify-server-cert" : "--ssl-mode=VERIFY_CA",
            MySqlSslMode.VerifyFull => isMariaDb ? "--ssl-verify-server-cert" : "--ssl-mode=VERIFY_IDENTITY",
            var other => throw new CommandException($"The ssl-mode {other} is not known to {(isMariaDb ? "MariaDB" : "MySQL")}'s tools. Nothing was changed."),
        };
        yield return mode;
        if (mode == "--skip-ssl")
        {
            yield break;
        }

        if (mode == "--ssl")
        {
            // Newer ones check by default, which these modes do not ask for.
            yield return "--disable-ssl-verify-server-cert";
        }

        foreach (var (name, value) in new[] { ("ssl-ca", connection.SslCa), ("ssl-cert", connection.SslCert), ("ssl-key", connection.SslKey),
            ("tls-version", connection.TlsVersion.Replace("TLS ", "TLSv", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)) })
        {
            if (value.Length > 0)
            {
                yield return $"--{name}={value}";
            }
        }
    }

    /// <summary>
    /// Refuses a server without TLS where the mode asks for it: MariaDB's tools would go on in the clear with <c>--ssl</c>.
    /// </summary>
    public static async Task CheckAsync(MySqlConnectionStringBuilder connection, CancellationToken cancellationToken)
    {
        await using var open = new MySqlConnection(new MySqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await open.OpenAsync(cancellationToken);
        }
        catch (MySqlException error)
        {
            throw new CommandException($"The server cannot be reached as DATABASE_URL asks: {error.Message} Nothing was changed.");
        }
    }
}
