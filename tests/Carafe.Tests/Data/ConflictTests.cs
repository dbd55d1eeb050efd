using System.Text.Json;

namespace Carafe.Tests.Data;

public class ConflictTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_duplicate_is_409_and_names_the_member(string database)
    {
        await using var server = await Shop.StartAsync(database);
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" })).StatusCode);
        await AssertConflict(await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" }), "name");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_duplicate_of_several_members_names_them_all(string database)
    {
        await using var server = await Shop.StartAsync(database);
        await server.SeedAsync(db => db.Shelves.AddAsync(new Shelf { Name = "left" }).AsTask());
        await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen", shelf_id = 1, slot_number = 1 });
        await AssertConflict(await server.SendAsync(HttpMethod.Post, "/items", new { name = "ink", shelf_id = 1, slot_number = 1 }), "shelf_id", "slot_number");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_reference_to_nothing_is_409_and_names_the_member(string database)
    {
        await using var server = await Shop.StartAsync(database);
        await AssertConflict(await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen", shelf_id = 9 }), "shelf_id");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task What_something_refers_to_cannot_go_and_that_is_409(string database)
    {
        await using var server = await Shop.StartAsync(database);
        await server.SeedAsync(db => db.Items.AddAsync(new Item { Name = "pen", Shelf = new Shelf { Name = "left" } }).AsTask());
        var response = await server.SendAsync(HttpMethod.Delete, "/shelves/1");
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Contains("still refers", body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Of_many_who_want_one_name_at_once_exactly_one_gets_it(string database)
    {
        await using var server = await Shop.StartAsync(database);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" })));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(49, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite, false, HttpStatusCode.Conflict)]
    [InlineData(TestDatabase.Sqlite, true, HttpStatusCode.PreconditionFailed)]
    [InlineData(TestDatabase.Postgres, false, HttpStatusCode.Conflict)]
    [InlineData(TestDatabase.Postgres, true, HttpStatusCode.PreconditionFailed)]
    public async Task Of_two_changes_from_one_version_one_wins_and_the_other_is_409_or_412_where_it_had_a_condition(string database, bool condition,
        HttpStatusCode loser)
    {
        await using var server = await Shop.StartAsync(database);
        await server.SeedAsync(db => db.Items.AddAsync(new Item { Name = "pen" }).AsTask());
        if (condition)
        {
            server.Client.DefaultRequestHeaders.Add("If-Match", "\"1\"");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => server.SendAsync(HttpMethod.Put, "/items/1/slowly", new { name = "ink" })));
        Assert.Equal([HttpStatusCode.OK, loser], answers.Select(answer => answer.StatusCode).Order());
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_change_of_a_row_that_is_deleted_meanwhile_is_404(string database)
    {
        await using var server = await Shop.StartAsync(database);
        await server.SeedAsync(db => db.Items.AddAsync(new Item { Name = "pen" }).AsTask());
        var change = server.SendAsync(HttpMethod.Put, "/items/1/slowly", new { name = "ink" });
        await server.Services.GetRequiredService<Meeting>().FirstAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync(HttpMethod.Delete, "/items/1")).StatusCode);
        _ = server.Services.GetRequiredService<Meeting>().WaitForTwoAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await change).StatusCode);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_broken_check_is_422_and_names_the_member(string database)
    {
        await using var server = await Shop.StartAsync(database);
        var response = await server.SendAsync(HttpMethod.Post, "/items", new { name = "forbidden" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(["name"], body.GetProperty("errors").EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_text_with_a_NUL_character_or_longer_than_its_column_is_400_and_named(string database)
    {
        await using var server = await Shop.StartAsync(database);
        foreach (var name in new[] { "a\u0000b", new string('x', 81) })
        {
            var response = await server.SendAsync(HttpMethod.Post, "/items", new { name });
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.True(body.GetProperty("errors").TryGetProperty("name", out _));
        }
    }

    private static async Task AssertConflict(HttpResponseMessage response, params string[] members)
    {
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(members, body.GetProperty("errors").EnumerateObject().Select(member => member.Name));
    }
}
