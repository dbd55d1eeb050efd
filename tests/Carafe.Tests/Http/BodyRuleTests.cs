using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using static Carafe.Tests.Http.Shapes;

namespace Carafe.Tests.Http;

/// <summary>A rule runs wherever it stands in a body, and where it would not, the app does not start.</summary>
public sealed class BodyRuleTests
{
    private const string Inner = $$"""{"inner":{{Bad}}}""";
    private const string InnerList = $$"""{"inner":[{{Bad}}]}""";
    private const string Long = "must have at most 3 characters";

    public static TheoryData<string, string, string> Broken => new()
    {
        { "/record", Bad, $"title {Long}" },
        { "/class", Bad, $"title {Long}" },
        { "/struct", Bad, $"title {Long}" },
        { "/optional-struct", Bad, $"title {Long}" },
        { "/nested", Inner, $"inner.title {Long}" },
        { "/generic", Inner, $"inner.title {Long}" },
        { "/generic-list", InnerList, $"inner[0].title {Long}" },
        { "/list-member", InnerList, $"inner[0].title {Long}" },
        { "/list-of-lists-member", $$$"""{"inner":[[],[{{{Bad}}}]]}""", $"inner[1][0].title {Long}" },
        { "/dictionary-member", $$$"""{"inner":{"a.b":{{{Bad}}}}}""", $"inner[\"a.b\"].title {Long}" },
        { "/dictionary-of-lists-member", $$$"""{"inner":{"a":[{{{Bad}}}]}}""", $"inner.a[0].title {Long}" },
        { "/pair-member", $$$"""{"inner":{"key":"a","value":{{{Bad}}}}}""", $"inner.value.title {Long}" },
        { "/array", $"[{Bad}]", $"[0].title {Long}" },
        { "/list", $"[{Bad}]", $"[0].title {Long}" },
        { "/list-interface", $"[{Bad}]", $"[0].title {Long}" },
        { "/list-of-lists", $"[[{Bad}]]", $"[0][0].title {Long}" },
        { "/dictionary", $$"""{"a":{{Bad}}}""", $"a.title {Long}" },
        { "/dictionary-interface", $$"""{"a":{{Bad}}}""", $"a.title {Long}" },
        { "/other-assembly", """{"inner":{"max_body_size":1}}""", "inner.max_body_size must be from 1024 to 1099511627776" },
        { "/inherited", Bad, $"title {Long}" },
        { "/polymorphic", """{"$type":"circle","title":"too long"}""", $"title {Long}" },
        { "/polymorphic-member", """{"inner":{"$type":"circle","title":"too long"}}""", $"inner.title {Long}" },
        { "/polymorphic-list", """[{"$type":"circle","title":"too long"}]""", $"[0].title {Long}" },
        { "/recursive", """{"title":"a","next":{"title":"too long"}}""", $"next.title {Long}" },
        { "/of-the-whole", Bad, "title is too long" },
        { "/of-the-type", Bad, "title is too long" },
        { "/parameters?id=1", Bad, $"title {Long}" },
        { "/patch", Bad, $"title {Long}" },
        { "/patch-nested", Inner, $"inner.title {Long}" },
        { "/text", "\"too long\"", $" {Long}" },
        { "/few", "[1,2]", " must have at most 1 element" },
    };

    public static TheoryData<string, Action<WebApplication>> Skipped => new()
    {
        { "Hidden", app => app.MapPost("/", (Hidden body) => TypedResults.Ok(body)) },
        { "Hidden", app => app.MapPost("/", (List<Hidden> body) => TypedResults.Ok(body)) },
        { "Hidden", app => app.MapPost("/", (Dictionary<string, Hidden> body) => TypedResults.Ok(body)) },
        { "Hidden", app => app.MapPost("/", (Box<Hidden> body) => TypedResults.Ok(body)) },
        { "Hidden", app => app.MapPost("/", (Box<List<Hidden>> body) => TypedResults.Ok(body)) },
        { "Hidden", app => app.MapPost("/", (Dictionary<string, Box<Hidden?[]>> body) => TypedResults.Ok(body)) },
        { "HiddenHolder", app => app.MapPost("/", (HiddenHolder body) => TypedResults.Ok(body)) },
        { "HiddenCircle", app => app.MapPost("/", (HiddenShape body) => TypedResults.Ok(body)) },
        { "IEnumerable<Ruled>", app => app.MapPost("/", ([FromBody] IEnumerable<Ruled> body) => TypedResults.Ok(body)) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_rule_is_found_and_named_wherever_it_stands(string path, string body, string fault)
    {
        await using var app = await SmallApp.StartAsync(Map);
        Assert.Equal([fault], (await app.SendAsync(path.StartsWith("/patch", StringComparison.Ordinal) ? "PATCH" : "POST", path, body)).IsError(400).Faults);
    }

    [Theory]
    [MemberData(nameof(Skipped))]
    public async Task A_body_whose_rules_would_not_run_stops_the_start_and_is_named(string type, Action<WebApplication> map)
    {
        var advice = type.StartsWith("Hidden", StringComparison.Ordinal)
            ? $"Make {type} public."
            : "Read a List or an array.";
        var fault = Assert.Single((await Assert.ThrowsAsync<ConfigurationException>(() => SmallApp.StartAsync(map))).Errors,
            fault => fault.Contains($" reads {type},", StringComparison.Ordinal));
        Assert.Contains(advice, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_as_deep_as_json_may_be_is_still_checked()
    {
        await using var app = await SmallApp.StartAsync(Map);
        var deep = string.Concat(Enumerable.Repeat("""{"title":"a","next":""", 31)) + Bad + new string('}', 31);
        Assert.EndsWith($"next.title {Long}", Assert.Single((await app.SendAsync("POST", "/recursive", deep)).IsError(400).Faults), StringComparison.Ordinal);
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/record", (Ruled body) => TypedResults.Ok(body));
        app.MapPost("/class", (RuledClass body) => TypedResults.Ok(body));
        app.MapPost("/struct", (RuledStruct body) => TypedResults.Ok(body));
        app.MapPost("/optional-struct", (RuledStruct? body) => TypedResults.Ok(body));
        app.MapPost("/nested", (Outer body) => TypedResults.Ok(body));
        app.MapPost("/generic", (Box<Ruled> body) => TypedResults.Ok(body));
        app.MapPost("/generic-list", (Box<List<Ruled>> body) => TypedResults.Ok(body));
        app.MapPost("/list-member", (Lists body) => TypedResults.Ok(body));
        app.MapPost("/list-of-lists-member", (NestedLists body) => TypedResults.Ok(body));
        app.MapPost("/dictionary-member", (Dictionaries body) => TypedResults.Ok(body));
        app.MapPost("/dictionary-of-lists-member", (ListDictionaries body) => TypedResults.Ok(body));
        app.MapPost("/pair-member", (Pair body) => TypedResults.Ok(body));
        app.MapPost("/array", (Ruled[] body) => TypedResults.Ok(body));
        app.MapPost("/list", (List<Ruled> body) => TypedResults.Ok(body));
        app.MapPost("/list-interface", (IReadOnlyList<Ruled> body) => TypedResults.Ok(body));
        app.MapPost("/list-of-lists", (List<List<Ruled>> body) => TypedResults.Ok(body));
        app.MapPost("/dictionary", (Dictionary<string, Ruled> body) => TypedResults.Ok(body));
        app.MapPost("/dictionary-interface", (IReadOnlyDictionary<string, Ruled> body) => TypedResults.Ok(body));
        app.MapPost("/other-assembly", (Foreign body) => TypedResults.Ok(body));
        app.MapPost("/inherited", (Derived body) => TypedResults.Ok(body));
        app.MapPost("/polymorphic", (Shape body) => TypedResults.Ok(body));
        app.MapPost("/polymorphic-member", (HasShape body) => TypedResults.Ok(body));
        app.MapPost("/polymorphic-list", (List<Shape> body) => TypedResults.Ok(body));
        app.MapPost("/recursive", (Node body) => TypedResults.Ok(body));
        app.MapPost("/of-the-whole", (Whole body) => TypedResults.Ok(body));
        app.MapPost("/of-the-type", (Marked body) => TypedResults.Ok(body));
        app.MapPost("/parameters", ([AsParameters] Parameters all) => TypedResults.Ok(all.Body));
        app.MapPatch("/patch", async (MergePatch<Ruled> patch) => TypedResults.Ok(await patch.ApplyToAsync(new Ruled("a"))));
        app.MapPatch("/patch-nested", async (MergePatch<Outer> patch) => TypedResults.Ok(await patch.ApplyToAsync(new Outer(new Ruled("a")))));
        app.MapPost("/text", ([FromBody][StringLength(3)] string body) => TypedResults.Ok(body));
        app.MapPost("/few", ([FromBody][MaxLength(1)] List<int> body) => TypedResults.Ok(body));
    }
}
