namespace Carafe.Tests.Data;

/// <summary>The two kinds of database that a test runs on.</summary>
internal static class TestDatabase
{
    public const string Sqlite = "sqlite";

    public const string Postgres = "postgresql";

    /// <summary>Creates an empty database of one kind. Skips the test where the kind is not to be had.</summary>
    public static async Task<ITestDatabase> CreateAsync(string kind)
    {
        if (kind == Sqlite)
        {
            return await SqliteTestDatabase.CreateAsync();
        }

        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return await PostgresTestDatabase.CreateAsync();
    }
}
