namespace Carafe.Tests.Http;

public sealed class PatchTests
{
    [Theory]
    [InlineData("{}", """{"id":1,"title":"Tea","body":"green","style":{"colour":"red","size":3},"tags":["a"]}""")]
    [InlineData("""{"body":null}""", """{"id":1,"title":"Tea","body":null,"style":{"colour":"red","size":3},"tags":["a"]}""")]
    [InlineData("""{"title":"Rum","tags":["b","c"]}""", """{"id":1,"title":"Rum","body":"green","style":{"colour":"red","size":3},"tags":["b","c"]}""")]
    [InlineData("""{"style":{"size":null}}""", """{"id":1,"title":"Tea","body":"green","style":{"colour":"red","size":1},"tags":["a"]}""")]
    [InlineData("""{"style":null}""", """{"id":1,"title":"Tea","body":"green","style":null,"tags":["a"]}""")]
    public async Task Absent_stays_and_null_removes(string patch, string expected)
    {
        foreach (var type in new[] { "application/merge-patch+json", "application/json" })
        {
            await using var app = await SmallApp.StartAsync(Notes.Map);
            var answer = await app.SendAsync("PATCH", "/notes/1", patch, type);
            Assert.Equal((200, expected), (answer.Status, answer.Body));
        }
    }

    [Theory]
    [InlineData("""{"title":null}""", "title must not be null")]
    [InlineData("""{"title":""}""", "title must have 1 to 20 characters")]
    [InlineData("""{"title":5,"tags":"x"}""", "tags must be a list", "title must be text")]
    [InlineData("""{"role":"admin"}""", "role is not a member of this object")]
    [InlineData("""{"title":"a","title":"b"}""", "title appears twice")]
    [InlineData("""{"style":{"colour":null}}""", "style.colour must not be null")]
    [InlineData("""{"style":{"size":"x","shade":1}}""", "style.shade is not a member of this object", "style.size must be a whole number")]
    public async Task A_patch_keeps_the_rules_of_the_whole(string patch, params string[] faults)
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        Assert.Equal(faults, (await app.SendAsync("PATCH", "/notes/1", patch, "application/merge-patch+json")).IsError(400).Faults);
    }

    [Fact]
    public async Task What_the_merge_lacks_is_named()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        await app.SendAsync("PATCH", "/notes/1", """{"style":null}""");
        Assert.Equal(["style.colour is required"], (await app.SendAsync("PATCH", "/notes/1", """{"style":{"size":2}}""")).IsError(400).Faults);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task A_patch_is_an_object(string body)
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        (await app.SendAsync("PATCH", "/notes/1", body, "application/merge-patch+json")).IsError(400);
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_patch_is_ignored()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        var answer = await app.SendAsync("PATCH", "/notes/1", "\ufeff{\"title\":\"Rum\"}", "application/merge-patch+json");
        Assert.Equal(200, answer.Status);
        Assert.Contains("\"title\":\"Rum\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_type_is_415_and_says_which_are_read()
    {
        await using var app = await SmallApp.StartAsync(Notes.Map);
        foreach (var type in new[] { "application/json-patch+json", "text/plain", null })
        {
            Assert.Equal("application/merge-patch+json, application/json",
                (await app.SendAsync("PATCH", "/notes/1", "{}", type)).IsError(415).Headers["Accept-Patch"]);
        }

        Assert.Equal("application/json", (await app.SendAsync("PUT", "/notes/1", "{}", "text/plain")).IsError(415).Headers["Accept"]);
    }
}
