namespace Carafe.Tests.Data;

/// <summary>An empty database of one kind. Skips the test where the kind is not to be had.</summary>
internal sealed class TestDatabase(string url, string? folder = null) : IAsyncDisposable
{
    public string Url { get; } = url;

    public static async Task<TestDatabase> CreateAsync(string kind)
    {
        if (kind == ShopServer.Postgres)
        {
            Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
            return new TestDatabase(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        }

        var folder = Directory.CreateTempSubdirectory("carafe-").FullName;
        // An empty file is an empty database.
        await File.WriteAllBytesAsync(Path.Combine(folder, "test.db"), []);
        return new TestDatabase($"sqlite:///{folder}/test.db", folder);
    }

    public ValueTask DisposeAsync()
    {
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }

        return ValueTask.CompletedTask;
    }
}
