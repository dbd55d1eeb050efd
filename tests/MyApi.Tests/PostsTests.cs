namespace MyApi.Tests;

public sealed class PostsTests
{
    [Fact]
    public async Task A_post_is_created_at_the_location_that_is_told()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        using var answer = await app.As(alice).PostJson("/posts", new { title = "Bread", body = "Flour, water, salt." });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var post = await app.Client.GetAsync(answer.Headers.Location).Expect(200);
        Assert.Equal(("Bread", alice.Id), (post.GetProperty("title").GetString(), post.GetProperty("user_id").GetInt32()));
        Assert.Equal("2026-01-01T00:00:00.0000000Z", post.GetProperty("created_at").GetString());
    }

    [Theory]
    [InlineData("""{"body":"b"}""", "title")]
    [InlineData("""{"title":null,"body":"b"}""", "title")]
    [InlineData("""{"title":"","body":"b"}""", "title")]
    [InlineData("""{"title":5,"body":"b"}""", "title")]
    [InlineData("""{"title":"t","body":["b"]}""", "body")]
    [InlineData("""{"title":"t","body":"b","user_id":1}""", "user_id")]
    [InlineData("""{"title":"t","body":"b","id":1}""", "id")]
    [InlineData("""{"title":"t","body":"b","version":9}""", "version")]
    [InlineData("""{"title":"t","body":"b","created_at":"2020-01-01T00:00:00Z"}""", "created_at")]
    [InlineData("""{"title":"t","title":"u","body":"b"}""", "title")]
    public async Task A_bad_post_is_refused_by_the_member_at_fault(string body, string member)
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("alice"));

        await client.PostAsync("/posts", new StringContent(body, System.Text.Encoding.UTF8, "application/json")).ExpectError(400, member);
        Assert.Equal(0, (await app.Client.GetAsync("/posts").Expect(200)).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData(200, 201)]
    [InlineData(201, 400)]
    public async Task A_title_has_200_characters_at_most(int length, int status)
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("alice"));

        await client.PostJson("/posts", new { title = new string('x', length), body = "b" }).Expect(status);
    }

    [Fact]
    public async Task A_user_cannot_change_or_delete_someone_elses_post()
    {
        await using var app = await Api.StartAsync();
        var (alice, bob) = (await app.UserAsync("alice"), await app.UserAsync("bob"));
        var post = await app.PostAsync(alice, "Hers");

        await app.As(bob).PutJson($"/posts/{post.Id}", new { title = "His", body = "b" }).ExpectError(403);
        await app.As(bob).PatchJson($"/posts/{post.Id}", new { title = "His" }).ExpectError(403);
        await app.As(bob).DeleteAsync($"/posts/{post.Id}").ExpectError(403);

        Assert.Equal("Hers", (await app.Client.GetAsync($"/posts/{post.Id}").Expect(200)).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_moves_updated_at()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var post = await app.PostAsync(alice, "Before");
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var changed = await app.As(alice).PatchJson($"/posts/{post.Id}", new { title = "After" }).Expect(200);

        Assert.Equal(("After", "A body"), (changed.GetProperty("title").GetString(), changed.GetProperty("body").GetString()));
        Assert.Equal("2026-01-01T00:01:00.0000000Z", changed.GetProperty("updated_at").GetString());
        await app.As(alice).PatchJson($"/posts/{post.Id}", new { title = (string?)null }).ExpectError(400, "title");
        await app.As(alice).PatchJson($"/posts/{post.Id}", new { }).Expect(200);
    }

    [Fact]
    public async Task What_is_deleted_is_gone()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var post = await app.PostAsync(alice);

        using (var gone = await app.As(alice).DeleteAsync($"/posts/{post.Id}"))
        {
            Assert.Equal((HttpStatusCode.NoContent, null, ""), (gone.StatusCode, gone.Content.Headers.ContentType, await gone.Content.ReadAsStringAsync()));
        }

        await app.As(alice).PatchJson($"/posts/{post.Id}", new { title = "t" }).ExpectError(404);
        await app.Client.GetAsync($"/posts/{post.Id}").ExpectError(404);
        await app.As(alice).PutJson($"/posts/{post.Id}", new { title = "t", body = "b" }).ExpectError(404);
        await app.As(alice).DeleteAsync($"/posts/{post.Id}").ExpectError(404);
    }
}
