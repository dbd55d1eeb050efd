using Microsoft.EntityFrameworkCore;

namespace MyApi.Tests;

/// <summary>What is kept for repeated requests goes with the account.</summary>
public sealed class IdempotencyAccountTests
{
    [Theory]
    [InlineData("/auth/me")]
    [InlineData("/users/{0}")]
    public async Task Responses_kept_for_an_account_go_with_it(string path)
    {
        await using var app = await Api.StartAsync();
        var (alice, bob) = (await app.UserAsync("alice"), await app.UserAsync("bob"));
        foreach (var user in new[] { alice, bob })
        {
            await app.As(user).SendAsync(new HttpRequestMessage(HttpMethod.Post, "/posts")
            {
                Headers = { { "Idempotency-Key", "once" } },
                Content = new StringContent("""{"title":"t","body":"b"}""", System.Text.Encoding.UTF8, "application/json"),
            }).Expect(201);
        }

        Assert.Equal(2, await RowsAsync());
        await app.As(alice).DeleteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, alice.Id)).Expect(204);
        Assert.Equal(1, await RowsAsync());

        Task<int> RowsAsync() =>
            app.WithAsync<AppDb, int>(db => db.Database.SqlQueryRaw<int>("SELECT CAST(count(*) AS INTEGER) AS \"Value\" FROM idempotency_keys").SingleAsync());
    }
}
