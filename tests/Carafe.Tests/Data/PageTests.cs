using System.Text.Json;

namespace Carafe.Tests.Data;

public class PageTests
{
    [Fact]
    public async Task A_page_says_how_many_rows_and_pages_there_are_and_links_the_others()
    {
        await using var server = await Shop.StartAsync();
        await server.SeedAsync(db => Task.Run(() => db.Items.AddRange(Enumerable.Range(1, 45).Select(number => new Item { Name = $"item {number}" }))));
        var response = await server.Client.GetAsync("/items?page=2&limit=20", TestContext.Current.CancellationToken);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(45, body.GetProperty("total").GetInt32());
        Assert.Equal(2, body.GetProperty("page").GetInt32());
        Assert.Equal(3, body.GetProperty("pages").GetInt32());
        // Newest first; rows of one instant by key, downwards as well.
        Assert.Equal(Enumerable.Range(6, 20).Reverse(), body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt32()));
        Assert.Equal(
            "</items?page=1&limit=20>; rel=\"first\", </items?page=1&limit=20>; rel=\"prev\", </items?page=3&limit=20>; rel=\"next\", " +
            "</items?page=3&limit=20>; rel=\"last\"",
            Assert.Single(response.Headers.GetValues("Link")));
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=abc", "page")]
    [InlineData("page=2147483648", "page")]
    [InlineData("page=", "page")]
    [InlineData("page=1&page=2", "page")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=100000", "limit")]
    [InlineData("total=yes", "total")]
    [InlineData("after=&page=2", "after")]
    public async Task A_page_that_makes_no_sense_is_400_and_named(string query, string name)
    {
        await using var server = await Shop.StartAsync();
        var response = await server.Client.GetAsync($"/items?{query}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(body.GetProperty("errors").TryGetProperty(name, out _));
    }

    [Theory]
    [InlineData("page=3")]
    [InlineData("page=2147483647&limit=100")]
    public async Task A_page_past_the_end_is_empty_and_knows_the_total(string query)
    {
        await using var server = await Shop.StartAsync();
        await server.SeedAsync(db => db.Items.AddAsync(new Item { Name = "one" }).AsTask());
        var body = await server.Client.GetFromJsonAsync<JsonElement>($"/items?{query}", TestContext.Current.CancellationToken);
        Assert.Equal(1, body.GetProperty("total").GetInt32());
        Assert.Empty(body.GetProperty("items").EnumerateArray());
    }
}
