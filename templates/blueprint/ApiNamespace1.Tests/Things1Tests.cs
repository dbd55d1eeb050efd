using ApiNamespace1.ThingSet1;

namespace ApiNamespace1.Tests;

public sealed class ThingSet1Tests
{
    [Fact]
    public async Task Anyone_may_read()
    {
        await using var app = await Api.StartAsync();
        var id = await app.WithAsync<ApiContext1, int>(async db =>
        {
            var row = db.ThingSet1.Add(new ThingRow1 { Name = "first" }).Entity;
            await db.SaveChangesAsync();
            return row.Id;
        });

        Assert.Equal("first", (await app.Client.GetAsync($"/thing-path-1/{id}").Expect(200)).GetProperty("name").GetString());
        Assert.Equal(1, (await app.Client.GetAsync("/thing-path-1").Expect(200)).GetProperty("total").GetInt32());
        await app.Client.GetAsync("/thing-path-1/999").ExpectError(404);
    }
#if (auth)

    [Fact]
    public async Task A_guest_cannot_write()
    {
        await using var app = await Api.StartAsync();

        await app.Client.PostJson("/thing-path-1", new { name = "first" }).ExpectError(401);
    }
#endif

    [Fact]
    public async Task A_name_is_there_once()
    {
        await using var app = await Api.StartAsync();
#if (auth)
        var client = app.As(await app.UserAsync("ann"));
#else
        var client = app.Client;
#endif
        await client.PostJson("/thing-path-1", new { name = "first" }).Expect(201);

        await client.PostJson("/thing-path-1", new { name = "first" }).ExpectError(409, "name");
        await client.PostJson("/thing-path-1", new { name = "" }).ExpectError(400, "name");
    }
}
