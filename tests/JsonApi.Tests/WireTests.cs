using Microsoft.EntityFrameworkCore;

namespace JsonApi.Tests;

/// <summary>What is on the wire is JSON:API 1.1.</summary>
public sealed class WireTests
{
    private static readonly object Valid = new { data = new { type = "articles", attributes = new { title = "One", body = "A body" } } };

    [Fact]
    public async Task Every_document_has_the_media_type_of_JSON_API()
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("ada"));
        using var list = await client.GetAsync("/articles", Api.Stop);
        Assert.Equal(Api.MediaType, list.Content.Headers.ContentType?.ToString());
        using var created = await client.SendAsync("POST", "/articles", Valid);
        Assert.Equal(Api.MediaType, created.Content.Headers.ContentType?.ToString());
        Assert.Equal("/articles/1", created.Headers.Location?.ToString());
        await client.GetAsync("/articles/9", Api.Stop).ErrorsAsync(404);
        await client.GetAsync("/nowhere", Api.Stop).ErrorsAsync(404);
        await client.SendAsync("PUT", "/articles", Valid).ErrorsAsync(405);
    }

    [Fact]
    public async Task A_resource_has_a_type_an_id_attributes_and_relationships()
    {
        await using var app = await Api.StartAsync();
        var body = await app.As(await app.UserAsync("ada")).SendAsync("POST", "/articles", Valid).Expect(201);
        var data = body.GetProperty("data");
        Assert.Equal(["type", "id", "attributes", "relationships"], data.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("articles", "1"), (data.GetProperty("type").GetString(), data.GetProperty("id").GetString()));
        Assert.Equal(["title", "body", "createdAt", "updatedAt"], data.GetProperty("attributes").EnumerateObject().Select(member => member.Name));
        Assert.Equal("""{"data":{"type":"accounts","id":"1"}}""", data.GetProperty("relationships").GetProperty("author").GetRawText());
    }

    [Fact]
    public async Task Each_fault_of_a_body_is_an_error_with_a_pointer()
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("ada"));
        var errors = await client.SendAsync("POST", "/articles", new { data = new { type = "", attributes = new { title = "", body = "" } } }).ErrorsAsync(400);
        Assert.Equal(["/data/attributes/body", "/data/attributes/title", "/data/type"], errors.Sources("pointer"));
        errors = await client.SendAsync("POST", "/articles", new { data = new { type = "articles", attributes = new { title = 1, name = "x" } } })
            .ErrorsAsync(400);
        Assert.Equal(["/data/attributes/body", "/data/attributes/name", "/data/attributes/title"], errors.Sources("pointer"));
        errors = await client.SendAsync("POST", "/articles", new { data = (object?)null }).ErrorsAsync(400);
        Assert.Equal(["/data"], errors.Sources("pointer"));
    }

    [Fact]
    public async Task Each_fault_of_a_query_is_an_error_with_a_parameter()
    {
        await using var app = await Api.StartAsync();
        var errors = await app.Client.GetAsync("/articles?sort=body&page[size]=0&filter[author]=ada&limit=3", Api.Stop).ErrorsAsync(400);
        Assert.Equal(["filter[author]", "limit", "page[size]", "sort"], errors.Sources("parameter"));
        Assert.Contains("createdAt, -createdAt, title, -title",
            errors.Single(error => error.GetProperty("source").GetProperty("parameter").GetString() == "sort").GetProperty("detail").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_paged_sorted_and_filtered_by_the_names_of_JSON_API()
    {
        await using var app = await Api.StartAsync();
        var (ada, grace) = (await app.UserAsync("ada"), await app.UserAsync("grace"));
        foreach (var (author, title) in new[] { (ada, "b"), (grace, "x"), (ada, "a"), (ada, "c") })
        {
            await app.ArticleAsync(author, title);
        }

        var page = await app.Client.GetAsync($"/articles?filter[author]={ada.Id}&sort=-title&page[number]=2&page[size]=2", Api.Stop).Expect(200);
        Assert.Equal(["a"], page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("attributes").GetProperty("title").GetString()));
        Assert.Equal(3, page.GetProperty("meta").GetProperty("total").GetInt32());
        var links = page.GetProperty("links");
        Assert.Equal(["first", "prev", "last"], links.EnumerateObject().Select(link => link.Name));
        var first = await app.Client.GetAsync(links.GetProperty("prev").GetString(), Api.Stop).Expect(200);
        Assert.Equal(["c", "b"], first.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("attributes").GetProperty("title").GetString()));
    }

    [Fact]
    public async Task A_patch_changes_the_attributes_that_it_has()
    {
        await using var app = await Api.StartAsync();
        var ada = await app.UserAsync("ada");
        var article = await app.ArticleAsync(ada, "Before");
        var client = app.As(ada);
        var changed = await client.SendAsync("PATCH", $"/articles/{article.Id}", Change(article.Id, new { title = "After" })).Expect(200);
        var attributes = changed.GetProperty("data").GetProperty("attributes");
        Assert.Equal(("After", "A body"), (attributes.GetProperty("title").GetString(), attributes.GetProperty("body").GetString()));
        var errors = await client.SendAsync("PATCH", $"/articles/{article.Id}", Change(article.Id, new { title = "" })).ErrorsAsync(400);
        Assert.Equal(["/data/attributes/title"], errors.Sources("pointer"));
        errors = await client.SendAsync("PATCH", $"/articles/{article.Id}", Change(9, new { title = "After" })).ErrorsAsync(409);
        Assert.Equal(["/data/id"], errors.Sources("pointer"));
    }

    [Fact]
    public async Task A_resource_of_another_type_is_a_conflict()
    {
        await using var app = await Api.StartAsync();
        var errors = await app.As(await app.UserAsync("ada"))
            .SendAsync("POST", "/articles", new { data = new { type = "songs", attributes = new { title = "One", body = "A body" } } }).ErrorsAsync(409);
        Assert.Equal(["/data/type"], errors.Sources("pointer"));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_a_conflict_with_a_pointer()
    {
        await using var app = await Api.StartAsync();
        var attributes = new { username = "ada", email = "ada@example.com", password = "correct horse battery" };
        var account = new { data = new { type = "accounts", attributes } };
        await app.Client.SendAsync("POST", "/accounts", account).Expect(201);
        var errors = await app.Client.SendAsync("POST", "/accounts", account).ErrorsAsync(409);
        Assert.StartsWith("/data/attributes/", Assert.Single(errors.Sources("pointer")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_stand_after_the_word_Token()
    {
        await using var app = await Api.StartAsync();
        await app.UserAsync("ada");
        using var anonymous = await app.Client.SendAsync("POST", "/articles", Valid);
        Assert.StartsWith("Token", anonymous.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        await app.Client.SendAsync("POST", "/accounts",
            new { data = new { type = "accounts", attributes = new { username = "eve", email = "eve@example.com", password = "correct horse battery" } } })
            .Expect(201);
        var session = await app.Client.SendAsync("POST", "/sessions",
            new { data = new { type = "sessions", attributes = new { email = "eve@example.com", password = "correct horse battery" } } }).Expect(200);
        var token = session.GetProperty("meta").GetProperty("accessToken").GetString();
        await Sent("Token", 201);
        await Sent("Bearer", 401);

        async Task Sent(string word, int status)
        {
            using var client = app.CreateClient();
            client.DefaultRequestHeaders.Add("Authorization", $"{word} {token}");
            await client.SendAsync("POST", "/articles", Valid).Expect(status);
        }
    }

    [Fact]
    public async Task A_fan_who_likes_an_article_fifty_times_at_once_is_one_fan()
    {
        await using var app = await Api.StartAsync();
        var ada = await app.UserAsync("ada");
        var article = await app.ArticleAsync(ada, "One");
        var client = app.As(ada);
        var me = new { data = new[] { new { type = "accounts", id = $"{ada.Id}" } } };
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.SendAsync("POST", $"/articles/{article.Id}/relationships/fans", me).Expect(204)));
        Assert.Equal(1, await app.WithAsync<AppDb, int>(db => db.Fans.CountAsync(Api.Stop)));
        await client.SendAsync("DELETE", $"/articles/{article.Id}/relationships/fans", me).Expect(204);
        Assert.Equal(0, await app.WithAsync<AppDb, int>(db => db.Fans.CountAsync(Api.Stop)));
    }

    private static object Change(int id, object attributes) => new { data = new { type = "articles", id = $"{id}", attributes } };
}
