using System.Net.Http.Headers;

namespace MyApi.Tests;

/// <summary>ETag, If-None-Match and If-Match on what has a version.</summary>
public sealed class ConditionalTests
{
    [Fact]
    public async Task What_has_not_changed_is_304_and_what_has_is_sent()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var post = await app.PostAsync(alice);
        using var first = await app.Client.GetAsync($"/posts/{post.Id}");
        var tag = first.Headers.ETag!;

        Assert.False(tag.IsWeak);
        await Get(app, post.Id, tag).Expect(304);
        await app.As(alice).PatchJson($"/posts/{post.Id}", new { title = "Another" }).Expect(200);
        await Get(app, post.Id, tag).Expect(200);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_change_of_what_has_changed_since_is_412_and_changes_nothing(string method)
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var post = await app.PostAsync(alice, "Mine");
        var (client, address) = (app.As(alice), $"/posts/{post.Id}");
        using var read = await client.GetAsync(address);
        await client.PatchJson(address, new { body = "Changed meanwhile" }).Expect(200);

        await Send(client, method, address, read.Headers.ETag!).ExpectError(412);

        Assert.Equal("Mine", (await client.GetAsync(address).Expect(200)).GetProperty("title").GetString());
        using var again = await client.GetAsync(address);
        await Send(client, method, address, again.Headers.ETag!).Expect(method == "DELETE" ? 204 : 200);
    }

    [Fact]
    public async Task Of_two_who_change_one_version_one_wins()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var post = await app.PostAsync(alice);
        var client = app.As(alice);
        using var read = await client.GetAsync($"/posts/{post.Id}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Send(client, "PUT", $"/posts/{post.Id}", read.Headers.ETag!)));

        Assert.Equal([(200, 1), (412, 7)], answers.GroupBy(answer => (int)answer.StatusCode).Select(group => (group.Key, group.Count())).Order());
    }

    [Fact]
    public async Task A_tag_that_cannot_be_read_is_not_taken_for_none()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var post = await app.PostAsync(alice);
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/posts/{post.Id}");
        request.Headers.TryAddWithoutValidation("If-Match", "0");

        await app.As(alice).SendAsync(request).ExpectError(400, "If-Match");
        await app.Client.GetAsync($"/posts/{post.Id}").Expect(200);
    }

    [Fact]
    public async Task A_file_is_created_only_where_there_is_none_when_asked()
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("alice"));

        await PutNew("first").Expect(201);
        await PutNew("second").ExpectError(412);
        Assert.Equal("first", await client.GetStringAsync("/files/a.txt"));

        Task<HttpResponseMessage> PutNew(string text) =>
            client.SendAsync(
                new HttpRequestMessage(HttpMethod.Put, "/files/a.txt")
                {
                    Content = new StringContent(text),
                    Headers = { IfNoneMatch = { EntityTagHeaderValue.Any } }
                });
    }

    [Fact]
    public async Task A_post_that_is_sent_again_under_its_key_is_written_once()
    {
        await using var app = await Api.StartAsync();
        var (alice, bob) = (app.As(await app.UserAsync("alice")), app.As(await app.UserAsync("bob")));

        var first = await Create(alice, "Once").Expect(201);
        var again = await Create(alice, "Once").Expect(201);

        Assert.Equal(first.GetProperty("id").GetInt32(), again.GetProperty("id").GetInt32());
        await Create(alice, "Something else").ExpectError(422);
        Assert.NotEqual(first.GetProperty("id").GetInt32(), (await Create(bob, "Once").Expect(201)).GetProperty("id").GetInt32());
        Assert.Equal(2, (await app.Client.GetAsync("/posts").Expect(200)).GetProperty("total").GetInt32());

        static Task<HttpResponseMessage> Create(HttpClient client, string title) => client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/posts")
        {
            Headers = { { "Idempotency-Key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"" } },
            Content = new StringContent($$"""{"title":"{{title}}","body":"b"}""", System.Text.Encoding.UTF8, "application/json"),
        });
    }

    private static Task<HttpResponseMessage> Get(TestApp app, int id, EntityTagHeaderValue tag) =>
        app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/posts/{id}") { Headers = { IfNoneMatch = { tag } } });

    private static Task<HttpResponseMessage> Send(HttpClient client, string method, string address, EntityTagHeaderValue tag) =>
        client.SendAsync(new HttpRequestMessage(new HttpMethod(method), address)
        {
            Headers = { IfMatch = { tag } },
            Content = method == "DELETE"
                ? null
                : new StringContent("""{"title":"Changed","body":"b"}""", System.Text.Encoding.UTF8,
                    method == "PATCH" ? "application/merge-patch+json" : "application/json"),
        });
}
