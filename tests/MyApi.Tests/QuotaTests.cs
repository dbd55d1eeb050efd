namespace MyApi.Tests;

/// <summary>An account keeps as much as it may, and what it deletes makes room.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task Past_its_posts_an_account_is_refused_until_it_deletes_one()
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration["QUOTA_POSTS"] = "2");
        var (alice, bob) = (app.As(await app.UserAsync("alice")), app.As(await app.UserAsync("bob")));
        for (var i = 0; i < 2; i++)
        {
            await alice.PostJson("/posts", new { title = "t", body = "b" }).Expect(201);
        }

        Assert.Equal("quota_exceeded", (await alice.PostJson("/posts", new { title = "t", body = "b" }).ExpectError(403)).Reason);
        await bob.PostJson("/posts", new { title = "t", body = "b" }).Expect(201);
        await alice.DeleteAsync("/posts/1").Expect(204);
        await alice.PostJson("/posts", new { title = "t", body = "b" }).Expect(201);
    }

    [Theory]
    [InlineData("QUOTA_FILES", "2")]
    [InlineData("QUOTA_BYTES", "20")]
    public async Task Past_its_files_an_account_is_refused_and_may_still_replace(string name, string value)
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration[name] = value);
        var alice = app.As(await app.UserAsync("alice"));
        await PutAsync(alice, "a").Expect(201);
        await PutAsync(alice, "b").Expect(201);
        Assert.Equal("quota_exceeded", (await PutAsync(alice, "c").ExpectError(507)).Reason);
        await alice.GetAsync("/files/c").ExpectError(404);
        await PutAsync(alice, "b").Expect(204);
        await alice.DeleteAsync("/files/a").Expect(204);
        await PutAsync(alice, "c").Expect(201);
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string name) =>
        client.PutAsync($"/files/{name}", new StringContent("ten bytes!"));
}
