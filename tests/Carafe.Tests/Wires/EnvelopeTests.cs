using System.ComponentModel.DataAnnotations;

namespace Carafe.Tests.Wires;

/// <summary>The wrapping of an API's bodies, of which no attribute says anything.</summary>
public sealed record Body<T>(T Article);

public sealed record ArticleText([StringLength(20, MinimumLength = 2)] string Title, List<string> Tags, ArticleAuthor? Author = null);

public sealed record ArticleAuthor([StringLength(5)] string Email);

/// <summary>Only ever patched.</summary>
public sealed record ProfileText([StringLength(5)] string Nick, List<string> Links);

public sealed class EnvelopeTests
{
    public static TheoryData<string, string, string, string> Broken => new()
    {
        { "POST", "/articles", """{"article":null}""", "article must not be null" },
        { "POST", "/articles", "{}", "article is required" },
        { "POST", "/articles", """{"article":{"title":"T","tags":[]}}""", "article.title must have 2 to 20 characters" },
        { "POST", "/articles", """{"article":{"title":"Tea","tags":[null]}}""", "article.tags[0] must not be null" },
        { "POST", "/articles", """{"article":{"title":null,"tags":[]}}""", "article.title must not be null" },
        { "PATCH", "/articles", """{"article":null}""", "article must not be null" },
        { "PATCH", "/articles", """{"article":{"title":null}}""", "article.title must not be null" },
        { "PATCH", "/articles", """{"article":{"title":"T"}}""", "article.title must have 2 to 20 characters" },
        { "PATCH", "/articles", """{"article":{"tags":[null]}}""", "article.tags[0] must not be null" },
        { "PATCH", "/articles", """{"article":{"author":{"email":"too long"}}}""", "article.author.email must have at most 5 characters" },
        { "PATCH", "/profile", """{"article":null}""", "article must not be null" },
        { "PATCH", "/profile", """{"article":{"nick":"too long"}}""", "article.nick must have at most 5 characters" },
        { "PATCH", "/profile", """{"article":{"links":[null]}}""", "article.links[0] must not be null" },
        { "PUT", "/taken/title", """{"article":{"title":"Tea","tags":[]}}""", "article.title is already taken" },
        { "PUT", "/taken/email", """{"article":{"title":"Tea","tags":[]}}""", "article.author.email is already taken" },
        { "PUT", "/taken/other", """{"article":{"title":"Tea","tags":[]}}""", "other is already taken" },
        { "PUT", "/taken/field", """{"article":{"title":"Tea","tags":[]}}""", "field is already taken" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_is_in_an_envelope_is_checked_and_named_by_its_whole_path(string method, string path, string body, string fault)
    {
        await using var app = await SmallApp.StartAsync(Map);
        var answer = await app.SendAsync(method, path, body);
        Assert.Equal([fault], answer.IsError(method == "PUT" ? 409 : 400).Faults);
    }

    [Fact]
    public async Task Messages_of_two_names_for_one_member_are_joined()
    {
        await using var app = await SmallApp.StartAsync(Map);
        var answer = await app.SendAsync("PUT", "/twice", """{"article":{"title":"Tea","tags":[]}}""");
        Assert.Equal(["article.title is already taken", "article.title is too short"], answer.IsError(409).Faults.Order());
    }

    [Fact]
    public async Task A_good_patch_of_an_envelope_is_taken()
    {
        await using var app = await SmallApp.StartAsync(Map);
        Assert.Equal("""{"article":{"title":"Teas","tags":["a"],"author":null}}""",
            (await app.SendAsync("PATCH", "/articles", """{"article":{"title":"Teas"}}""")).Body);
        Assert.Equal("""{"article":{"nick":"bo","links":[]}}""", (await app.SendAsync("PATCH", "/profile", """{"article":{"nick":"bo"}}""")).Body);
    }

    [Fact]
    public async Task The_probe_finds_every_rule_in_every_envelope()
    {
        await using var app = await SmallApp.StartAsync(MapBodies);
        Assert.Empty(await app.FindUnvalidatedAsync(app.Client));
    }

    private static void Map(WebApplication app)
    {
        MapBodies(app);
        app.MapPut("/twice", string (Body<ArticleText> body) => throw Abort.With(new ApiError(409)
        {
            Errors = new Dictionary<string, string[]> { ["title"] = ["is too short"], ["article.title"] = ["is already taken"] },
        }));
        app.MapPut("/taken/{field}", string (string field, Body<ArticleText> body) => throw Abort.Conflict("is already taken", field));
    }

    private static void MapBodies(WebApplication app)
    {
        app.MapPost("/articles", (Body<ArticleText> body) => TypedResults.Ok(body));
        app.MapPatch("/articles", async (MergePatch<Body<ArticleText>> patch) =>
            TypedResults.Ok(await patch.ApplyToAsync(new Body<ArticleText>(new ArticleText("Tea", ["a"])))));
        app.MapPatch("/profile", async (MergePatch<Body<ProfileText>> patch) =>
            TypedResults.Ok(await patch.ApplyToAsync(new Body<ProfileText>(new ProfileText("al", [])))));
    }
}
