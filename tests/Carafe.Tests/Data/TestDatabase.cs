namespace Carafe.Tests.Data;

/// <summary>The kinds of database that a test runs on.</summary>
internal static class TestDatabase
{
    public const string Sqlite = "sqlite";

    public const string Postgres = "postgresql";

    public const string MariaDb = "mariadb";

    /// <summary>Creates an empty database of one kind. Skips the test where the kind is not to be had.</summary>
    public static async Task<ITestDatabase> CreateAsync(string kind)
    {
        if (kind == Sqlite)
        {
            return await SqliteTestDatabase.CreateAsync();
        }

        if (kind == MariaDb)
        {
            return await MariaDbTestDatabase.CreateAsync();
        }

        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return await PostgresTestDatabase.CreateAsync();
    }
}
