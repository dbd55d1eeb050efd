using static Carafe.Tests.Binding.NullShapes;

namespace Carafe.Tests.Binding;

public sealed class NullTests
{
    public static TheoryData<string, string, string> Refused => new()
    {
        { "envelope-tag", """{"item":null}""", "item must not be null" },
        { "envelope-text", """{"item":null}""", "item must not be null" },
        { "settable", """{"item":null}""", "item must not be null" },
        { "envelope-list", """{"item":["a",null]}""", "item[1] must not be null" },
        { "labelled", """{"item":null,"items":[null],"map":{"k":null}}""", "items[0] must not be null|map.k must not be null" },
        { "closed", """{"item":null,"items":[]}""", "item must not be null" },
        { "closed", """{"item":"a","items":["b",null]}""", "items[1] must not be null" },
        { "inherited", """{"item":null,"items":[],"count":1}""", "item must not be null" },
        { "inherited", """{"item":{"name":"a"},"items":[null],"count":1}""", "items[0] must not be null" },
        { "lists", """{"tags":[null]}""", "tags[0] must not be null" },
        { "lists", """{"tags":["a",null,null]}""", "tags[1] must not be null|tags[2] must not be null" },
        { "lists", """{"tags":[],"deep":[["a"],[null]]}""", "deep[1][0] must not be null" },
        { "lists", """{"tags":[],"deep":[null]}""", "deep[0] must not be null" },
        { "lists", """{"tags":[],"arrays":[["a"],["b",null]]}""", "arrays[1][1] must not be null" },
        { "lists", """{"tags":[],"arrays":[null]}""", "arrays[0] must not be null" },
        { "lists", """{"tags":[],"map":{"key":null}}""", "map.key must not be null" },
        { "lists", """{"tags":[],"map":{"a.b [c]":null}}""", "map[\"a.b [c]\"] must not be null" },
        { "lists", """{"tags":[],"lists2":{"key":[null]}}""", "lists2.key[0] must not be null" },
        { "lists", """{"tags":[],"set":[null]}""", "set[0] must not be null" },
        { "lists", """{"tags":[],"any":[null]}""", "any[0] must not be null" },
        { "lists", """{"tags":[],"entries":{"k":null}}""", "entries.k must not be null" },
        { "outer", """{"inner":{"item":{"item":null}}}""", "inner.item.item must not be null" },
        { "outer", """{"inner":{"item":null}}""", "inner.item must not be null" },
        { "names", """{"names":["a",null]}""", "names[1] must not be null" },
        { "root-list", """[{"name":"a"},null]""", "[1] must not be null" },
        { "root-array", """[null]""", "[0] must not be null" },
        { "root-map", """{"k":null}""", "k must not be null" },
        { "root-deep", """[[],[null]]""", "[1][0] must not be null" },
        { "point", """{"point":{"name":null,"x":1,"note":null}}""", "point.name must not be null" },
        { "point", """{"point":{"x":1,"note":null}}""", "point.name is required" },
        { "point", """{"point":{"name":"a","note":null},"other":{}}""",
            "other.name is required|other.note is required|other.x is required|point.x is required" },
        { "root-point", """{"x":1,"note":"a"}""", "name is required" },
        { "node", """{"name":"a","children":[{"name":"b","children":[null]}]}""", "children[0].children[0] must not be null" },
        { "shapes", """{"main":{"kind":"circle","name":"a","radius":1,"tags":[null]},"others":[null]}""",
            "main.tags[0] must not be null|others[0] must not be null" },
        { "lists", """{"tags":[null,1]}""", "tags[0] must not be null|tags[1] must be text" },
        { "envelope-tag", """{"item":null,"x":1}""", "item must not be null|x is not a member of this object" },
    };

    public static TheoryData<string, string> Allowed => new()
    {
        { "loose", """{"tags":[null],"map":{"k":null},"array":[null],"envelope":{"item":null}}""" },
        { "envelope-loose", """{"item":null}""" },
        { "inherited-loose", """{"item":null,"items":[null]}""" },
        { "root-loose", """[null,{"name":"a"}]""" },
        { "labelled", """{"item":null,"items":["a"]}""" },
        { "lists", """{"tags":["a"],"deep":[["a"]],"map":{"k":"v"}}""" },
        { "node", """{"name":"a","children":[{"name":"b","children":[]}]}""" },
        { "numbers", """[1,null]""" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Null_is_refused_wherever_the_type_refuses_it(string path, string json, string faults)
    {
        await using var app = await SmallApp.StartAsync(Map);
        Assert.Equal(faults.Split('|'), (await app.SendAsync("POST", $"/{path}", json)).IsError(400).Faults);
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public async Task Null_is_taken_where_the_type_allows_it(string path, string json)
    {
        await using var app = await SmallApp.StartAsync(Map);
        Assert.Equal(204, (await app.SendAsync("POST", $"/{path}", json)).Status);
    }

    [Fact]
    public async Task A_patch_is_held_to_the_same()
    {
        await using var app = await SmallApp.StartAsync(
            app => app.MapPatch("/lists", async (MergePatch<Lists> patch) => TypedResults.Ok(await patch.ApplyToAsync(new Lists(["a"])))));
        Assert.Equal(["tags[1] must not be null"], (await app.SendAsync("PATCH", "/lists", """{"tags":["a",null]}""", "application/merge-patch+json"))
            .IsError(400).Faults);
        Assert.Equal(["deep[0][0] must not be null"], (await app.SendAsync("PATCH", "/lists", """{"deep":[[null]]}""", "application/merge-patch+json"))
            .IsError(400).Faults);
        Assert.Equal(200, (await app.SendAsync("PATCH", "/lists", """{"map":{"k":"v"},"deep":null}""", "application/merge-patch+json")).Status);
    }

    // A handler that uses what its types promise.
    private static void Map(WebApplication app)
    {
        app.MapPost("/envelope-tag", (Envelope<Tag> body) => Use(body.Item.Name));
        app.MapPost("/envelope-text", (Envelope<string> body) => Use(body.Item));
        app.MapPost("/envelope-loose", (Envelope<string?> body) => Use(""));
        app.MapPost("/envelope-list", (Envelope<List<string>> body) => Use([.. body.Item]));
        app.MapPost("/settable", (Settable<Tag> body) => Use(body.Item.Name));
        app.MapPost("/labelled", (Labelled<string> body) => Use([.. body.Items, .. body.Map?.Values ?? []]));
        app.MapPost("/closed", (Closed body) => Use([body.Item, .. body.Items]));
        app.MapPost("/inherited", (Inherited body) => Use([body.Item.Name, .. body.Items.Select(item => item.Name)]));
        app.MapPost("/inherited-loose", (InheritedLoose body) => Use(""));
        app.MapPost("/lists", (Lists body) => Use([.. body.Tags]));
        app.MapPost("/loose", (Loose body) => Use(""));
        app.MapPost("/outer", (Outer body) => Use(body.Inner.Item.Item.Name));
        app.MapPost("/names", (HasNames body) => Use([.. body.Names]));
        app.MapPost("/root-list", (List<Tag> body) => Use([.. body.Select(tag => tag.Name)]));
        app.MapPost("/root-array", (Tag[] body) => Use([.. body.Select(tag => tag.Name)]));
        app.MapPost("/root-map", (Dictionary<string, Tag> body) => Use([.. body.Values.Select(tag => tag.Name)]));
        app.MapPost("/root-deep", (List<List<string>> body) => Use([.. body.SelectMany(list => list)]));
        app.MapPost("/root-loose", (List<Tag?> body) => Use(""));
        app.MapPost("/root-point", (Point body) => Use(body.Name));
        app.MapPost("/numbers", (List<int?> body) => Use(""));
        app.MapPost("/point", (HasPoint body) => Use(body.Point.Name));
        app.MapPost("/node", (Node body) => Use([.. body.Children.Select(child => child.Name)]));
        app.MapPost("/shapes", (HasShapes body) => Use([body.Main.Name, .. body.Others.Select(shape => shape.Name)]));
    }

    private static IResult Use(params string[] texts) => texts.Sum(text => text.Length) >= 0 ? TypedResults.NoContent() : TypedResults.NotFound();
}
