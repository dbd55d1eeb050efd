using System.Globalization;
using System.Net;
using Carafe.Data.Postgres;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Carafe.Data.Checks;

/// <summary>Checks an app on PostgreSQL: the way to the server, the server's settings and the rights of the app's user.</summary>
internal static class PostgresChecks<TContext>
    where TContext : DbContext
{
    private const string Page = "docs/checks.md";

    private static readonly string[] Guessable = ["postgres", "password", "secret", "admin", "changeme", "123456", "12345678"];
    // The last day of each major version (https://www.postgresql.org/support/versioning/).
    private static readonly Dictionary<int, DateOnly> Ends = new()
    {
        [14] = new(2026, 11, 12),
        [15] = new(2027, 11, 11),
        [16] = new(2028, 11, 9),
        [17] = new(2029, 11, 8),
        [18] = new(2030, 11, 14),
    };

    private static readonly string[] Durability = ["fsync", "full_page_writes", "synchronous_commit"];

    public static IEnumerable<Check> All => [.. OfConnection, .. OfServer];

    private static IEnumerable<Check> OfConnection =>
    [
        new("C421", CheckSeverity.Error, context => from connection in Connection(context)
            where IsRemote(connection) && connection.SslMode is SslMode.Disable or SslMode.Allow or SslMode.Prefer
            select $"The connection to {connection.Host} may be without TLS: sslmode is {connection.SslMode.ToString().ToLowerInvariant()}.")
        {
            Why = "Whoever is on the way reads the password and the rows.",
            Remedy = "DATABASE_URL=postgresql://...?sslmode=verify-full",
            Page = Page + "#c421",
            Deploy = true,
        },
        new("C422", CheckSeverity.Warning, context => from connection in Connection(context)
            where IsRemote(connection) && connection.SslMode is SslMode.Require or SslMode.VerifyCA
            select $"The name in the certificate of {connection.Host} is not checked.")
        {
            Why = "Whoever is on the way can say that it is the server.",
            Remedy = "DATABASE_URL=postgresql://...?sslmode=verify-full&sslrootcert=/etc/ssl/certs/database.pem",
            Page = Page + "#c422",
            Deploy = true,
        },
        new("C423", CheckSeverity.Error, context => from connection in Connection(context)
            where connection.Password is { Length: > 0 } password && (password.Length < 12 || password == connection.Username || password == connection.Database
                || Guessable.Contains(password, StringComparer.OrdinalIgnoreCase))
            select "The password of the database is short, or can be guessed.")
        {
            Why = "Whoever reaches the port of the database has the data.",
            Remedy = "ALTER ROLE myapi PASSWORD '...', with one made by: openssl rand -base64 24",
            Page = Page + "#c423",
            Deploy = true,
        },
    ];

    private static IEnumerable<Check> OfServer =>
    [
        new("C424", CheckSeverity.Warning, async (context, stop) =>
            await AskAsync(context, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", stop) is true
            ? ["The app's user is a superuser of the server."] : [])
        {
            Why = "A statement that slips into a query can read files of the server and run programs there.",
            Remedy = "CREATE ROLE myapi LOGIN PASSWORD '...'; ALTER DATABASE myapi OWNER TO myapi;",
            Page = Page + "#c424",
            Deploy = true,
        },
        new("C425", CheckSeverity.Warning, PoolAsync)
        {
            Why = "With a second replica, or while one is replaced, connections are refused and requests are 503.",
            Remedy = "A smaller max_pool_size in DATABASE_URL, or a larger max_connections at the server",
            Page = Page + "#c425",
            Deploy = true,
        },
        new("C426", CheckSeverity.Error, async (context, stop) =>
        {
            var off = new List<string>();
            foreach (var setting in Connection(context).Any() ? Durability : [])
            {
                if (await AskAsync(context, $"SELECT current_setting('{setting}')", stop) is "off")
                {
                    off.Add($"The server has {setting} = off.");
                }
            }

            return off;
        })
        {
            Why = "When the machine goes down, writes that were answered are lost, or the whole database is.",
            Remedy = "ALTER SYSTEM RESET the setting; SELECT pg_reload_conf();",
            Page = Page + "#c426",
            Deploy = true,
        },
        new("C427", CheckSeverity.Warning, async (context, stop) =>
            await AskAsync(context, "SELECT current_setting('server_version_num')::int / 10000", stop) is int version && HasEnded(version, context)
                ? [string.Create(CultureInfo.InvariantCulture, $"The server is PostgreSQL {version}, which gets no security updates any more.")] : [])
        {
            Why = "Vulnerabilities that are known and published stay open.",
            Remedy = "Upgrade the server (https://www.postgresql.org/support/versioning/).",
            Page = Page + "#c427",
            Deploy = true,
        },
    ];

    private static bool HasEnded(int version, CheckContext context) => version < Ends.Keys.Min() || (Ends.TryGetValue(version, out var end)
        && DateOnly.FromDateTime(context.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime) > end);

    private static IEnumerable<NpgsqlConnectionStringBuilder> Connection(CheckContext context) =>
        DatabaseChecks<TContext>.Open(context) is PostgresDatabase database ? [database.Settings] : [];

    // The folder of a socket, or this machine: nobody is on the way.
    private static bool IsRemote(NpgsqlConnectionStringBuilder connection) =>
        (connection.Host ?? "").Split(',').Any(host => !host.StartsWith('/') && host != "localhost"
            && !(IPAddress.TryParse(host.Split(':')[0], out var address) && IPAddress.IsLoopback(address)));

    private static async Task<IEnumerable<string>> PoolAsync(CheckContext context, CancellationToken stop)
    {
        if (Connection(context).FirstOrDefault() is not { } connection
            || await AskAsync(context, "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int", stop)
                is not int most)
        {
            return [];
        }

        return connection.MaxPoolSize * 2 > most
            ? [string.Create(CultureInfo.InvariantCulture, $"Two replicas want {connection.MaxPoolSize * 2} connections, and the server has {most}.")]
            : [];
    }

    private static async Task<object?> AskAsync(CheckContext context, string sql, CancellationToken stop) =>
        !Connection(context).Any() ? null
        : (await (await MigrationRun.OnAsync(context.Services.GetRequiredService<TContext>(), stop)).QueryAsync(sql, stop))[0][0];
}
