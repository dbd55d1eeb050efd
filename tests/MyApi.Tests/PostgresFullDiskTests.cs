#if POSTGRESQL
namespace MyApi.Tests;

/// <summary>The disk of a PostgreSQL server is full: that is logged once, readiness reports it, and it ends by itself when there is room.</summary>
public sealed class PostgresFullDiskTests
{
    [Fact]
    public async Task A_full_disk_is_told_once_and_readiness_knows_until_there_is_room()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        using var mount = SmallMount.Create("24m");
        var place = Path.Combine(mount.Folder, "space");
        Directory.CreateDirectory(place);
        await using var server = await PostgresServer.StartAsync();
        Assert.Equal(0, SmallMount.Run("chown", File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres" : "nobody", place));
        await server.SqlAsync($"CREATE TABLESPACE small LOCATION '{place}'");
        var url = await server.CreateDatabaseAsync("template0 TABLESPACE small");
        await using var app = await Api.StartAsync(builder =>
        {
            builder.Configuration["DATABASE_URL"] = url;
            builder.Configuration["MIGRATE_ON_START"] = "true";
        });
        var client = app.As(await app.UserAsync("alice"));
        var ids = new List<int> { await PostAsync(client, 201) };
        await app.Client.GetAsync("/readyz").Expect(200);
        mount.Break("full");

        for (var attempt = 0; attempt < 60; attempt++)
        {
            using var response = await client.PostJson("/posts", new { title = "t", body = Noise(attempt) });
            Assert.Contains((int)response.StatusCode, new[] { 201, 503 });
            if (response.StatusCode == HttpStatusCode.Created)
            {
                ids.Add((await Task.FromResult(response).Expect(201)).GetProperty("id").GetInt32());
            }
        }

        await PostAsync(client, 503);
        await app.Client.GetAsync("/readyz").ExpectError(503, "database");
        await app.Client.GetAsync("/posts?limit=1").Expect(200);
        Assert.Single(app.Log, line => line.StartsWith("Error", StringComparison.Ordinal));

        mount.Mend();
        await app.Client.GetAsync("/readyz").Expect(200);
        foreach (var id in ids)
        {
            await app.Client.GetAsync($"/posts/{id}").Expect(200);
        }

        await PostAsync(client, 201);
    }

    private static async Task<int> PostAsync(HttpClient client, int status)
    {
        using var response = await client.PostJson("/posts", new { title = "t", body = Noise(status) });
        Assert.Equal(status, (int)response.StatusCode);
        return status == 201 ? (await Task.FromResult(response).Expect(201)).GetProperty("id").GetInt32() : 0;
    }

    // What the server cannot press together.
    private static string Noise(int seed)
    {
        var bytes = new byte[40_000];
        new Random(seed).NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }
}
#endif
