using MySqlConnector;

namespace Carafe.MySql.Infrastructure;

/// <summary>Reads connection strings.</summary>
internal static class MySqlConnectionStrings
{
    /// <summary>Refuses what would make an unchanged row look like one that somebody else has changed.</summary>
    public static string Check(string connectionString) =>
        new MySqlConnectionStringBuilder(connectionString).UseAffectedRows
            ? throw new ArgumentException("UseAffectedRows=true counts changed rows, and EF Core needs the rows that were found. Leave it out.",
                nameof(connectionString))
            : connectionString;

    /// <summary>Names the server of a connection string, without database and user.</summary>
    public static string Endpoint(string? connectionString)
    {
        var builder = new MySqlConnectionStringBuilder(connectionString ?? "");
        return $"{builder.ConnectionProtocol} {builder.Server}:{builder.Port}{builder.PipeName}";
    }
}
