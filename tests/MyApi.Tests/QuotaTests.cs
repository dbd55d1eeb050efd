using Microsoft.EntityFrameworkCore;

namespace MyApi.Tests;

/// <summary>An account keeps as much as it may, and what it deletes makes room.</summary>
public sealed class QuotaTests
{
    private const int Rounds = 4;

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

    [Fact]
    public async Task Posts_written_at_once_fill_the_quota_and_never_exceed_it()
    {
        const int Quota = 7;
        await using var app = await Api.StartAsync(builder => builder.Configuration["QUOTA_POSTS"] = $"{Quota}");
        var author = await app.UserAsync("alice");
        var alice = app.As(author);
        for (var round = 0; round < Rounds; round++)
        {
            var before = await KeptAsync(app);
            var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => alice.PostJson("/posts", new { title = "t", body = "b" })));
            Assert.Equal([.. Enumerable.Repeat(201, Quota - before), .. Enumerable.Repeat(403, 24 - Quota + before)],
                answers.Select(answer => (int)answer.StatusCode).Order());
            Assert.Equal(Quota, await KeptAsync(app));

            // Some make room while others write.
            var made = app.WithAsync<AppDb, int[]>(db => db.Posts.Select(post => post.Id).Take(3).ToArrayAsync());
            var mixed = (await made).Select(id => alice.DeleteAsync($"/posts/{id}"))
                .Concat(Enumerable.Range(0, 12).Select(_ => alice.PostJson("/posts", new { title = "t", body = "b" })));
            Assert.All(await Task.WhenAll(mixed), answer => Assert.Contains((int)answer.StatusCode, (int[])[201, 204, 403]));
            Assert.InRange(await KeptAsync(app), Quota - 3, Quota);
        }

        static Task<int> KeptAsync(TestApp app) => app.WithAsync<AppDb, int>(db => db.Posts.CountAsync());
    }

    [Fact]
    public async Task Files_of_unequal_size_stored_at_once_never_exceed_the_quota()
    {
        const int Quota = 1000;
        await using var app = await Api.StartAsync(builder => builder.Configuration["QUOTA_BYTES"] = $"{Quota}");
        var alice = app.As(await app.UserAsync("alice"));
        for (var round = 0; round < Rounds; round++)
        {
            // Every other one replaces what an earlier round stored, and some are deleted meanwhile.
            var all = Enumerable.Range(0, 24).Select(i => i % 6 == 5
                ? alice.DeleteAsync($"/files/{round}-{i - 5}")
                : alice.PutAsync($"/files/{(i % 2 == 0 ? round : 0)}-{i}", new ByteArrayContent(new byte[20 + (i * 37 % 190)])));
            Assert.All(await Task.WhenAll(all), answer => Assert.Contains((int)answer.StatusCode, (int[])[201, 204, 404, 507]));
            var kept = await KeptAsync(app);
            Assert.InRange(kept, 0, Quota);

            // What fits is stored, to the last byte.
            await alice.PutAsync("/files/last", new ByteArrayContent(new byte[Quota - kept + 1])).ExpectError(507);
            await alice.PutAsync("/files/last", new ByteArrayContent(new byte[Quota - kept])).Expect(201);
            Assert.Equal(Quota, await KeptAsync(app));
            await alice.DeleteAsync("/files/last").Expect(204);
            foreach (var path in await app.WithAsync<AppDb, string[]>(db => db.Files.Select(file => file.Path).Take(4).ToArrayAsync()))
            {
                await alice.DeleteAsync($"/files/{path}").Expect(204);
            }
        }

        static Task<long> KeptAsync(TestApp app) => app.WithAsync<AppDb, long>(db => db.Files.SumAsync(file => file.Size));
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string name) =>
        client.PutAsync($"/files/{name}", new StringContent("ten bytes!"));
}
