using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carafe.Tests.OpenApi;

/// <summary>The document says what the wire does, and the tests' helpers speak as the app does.</summary>
public sealed class WireTests
{
    [Fact]
    public async Task Limits_are_told_of_members_with_a_default_and_of_paths()
    {
        var document = await ReadAsync();
        Assert.Equal(("20", "2"),
            (document.At("components/schemas/Lenient/properties/name/maxLength"), document.At("components/schemas/Lenient/properties/name/minLength")));
        Assert.Equal(("10", "1"),
            (document.At("components/schemas/Lenient/properties/count/maximum"), document.At("components/schemas/Lenient/properties/count/minimum")));
        Assert.Equal("5", document.At("components/schemas/Lenient/properties/note/maxLength"));
        Assert.Equal("^[a-z]+$", document.At("components/schemas/Lenient/properties/word/pattern"));
        Assert.Equal("5", document.At("components/schemas/Lenient/properties/text/maxLength"));
        Assert.Equal("3", document.At("components/schemas/Lenient/properties/tags/maxItems"));
        Assert.Equal("3", document.At("components/schemas/Part/properties/name/maxLength"));
        var slug = document["paths"]!["/slugs/{slug}"]!["get"]!["parameters"]!;
        Assert.Equal(("5", "2"), (slug.At("0/schema/maxLength"), slug.At("0/schema/minLength")));
        Assert.Equal(("page_size", "9"), (slug.At("1/name"), slug.At("1/schema/maximum")));
    }

    [Fact]
    public async Task Null_is_told_as_the_wire_takes_it()
    {
        var members = (await ReadAsync())["components"]!["schemas"]!["Lenient"]!["properties"]!;
        foreach (var member in (string[])["note", "plain", "at", "span", "tags"])
        {
            Assert.Contains("null", members[member]!["type"]!.AsArray().Select(type => type!.GetValue<string>()));
        }

        Assert.Contains("null", members["tags"]!["items"]!["type"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("string", members.At("name/type"));
        Assert.Equal("null", members.At("other/oneOf/0/type"));
        Assert.Equal("#/components/schemas/Shade", members.At("shade/$ref"));
        Assert.Equal("array", (await ReadAsync()).At("components/schemas/NamedOfLabelArray/properties/item/type"));
    }

    [Fact]
    public async Task A_patch_requires_nothing_at_any_depth()
    {
        var schemas = (await ReadAsync())["components"]!["schemas"]!;
        Assert.Equal("#/components/schemas/PartPatch", schemas.At("WholePatch/properties/part/$ref"));
        Assert.Null(schemas["PartPatch"]!["required"]);
        Assert.Equal("#/components/schemas/PartPatch", schemas.At("WholePatch/properties/other/oneOf/1/$ref"));
        Assert.NotNull(schemas["Part"]!["required"]);
    }

    [Fact]
    public async Task Members_of_a_query_have_the_names_of_the_wire()
    {
        var parameters = (await ReadAsync())["paths"]!["/filter"]!["get"]!["parameters"]!.AsArray();
        Assert.Equal(["tag_name", "page_size", "shade_name"], parameters.Select(parameter => parameter!["name"]!.GetValue<string>()));
        Assert.Equal("10", parameters[1]!.At("schema/maximum"));
    }

    [Fact]
    public async Task A_type_that_holds_itself_is_a_reference()
    {
        var comment = (await ReadAsync())["components"]!["schemas"]!["Comment"]!["properties"]!;
        Assert.Equal("#/components/schemas/Comment", comment.At("replies/items/$ref"));
        Assert.Equal("#/components/schemas/Comment", comment.At("by_name/additionalProperties/$ref"));
    }

    [Fact]
    public async Task Every_type_has_a_schema_with_a_name_of_its_own()
    {
        var document = await ReadAsync();
        Assert.All(document["components"]!["schemas"]!.AsObject(), schema => Assert.Matches(@"\A[A-Za-z0-9._-]+\z", schema.Key));
        var (first, second) = (Body(document, "/labels"), Body(document, "/labels/other"));
        Assert.NotEqual(first, second);
        Assert.Equal("string", document.At($"components/schemas/{first}/properties/name/type"));
        Assert.Equal("integer", document.At($"components/schemas/{second}/properties/number/type"));
    }

    [Fact]
    public async Task The_path_base_is_the_server()
    {
        await using var app = await TestApp.StartAsync(Wire.Create, builder => builder.Configuration["BASE"] = "/api");
        Assert.Equal("/api", (await app.Client.GetAsync("/api/openapi/v1.json").Expect(200)).GetProperty("servers")[0].GetProperty("url").GetString());
        Assert.Contains("- url: /api\n", await app.Client.GetStringAsync("/api/openapi/v1.yaml", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal("/", (await app.Client.GetAsync("/openapi/v1.json").Expect(200)).GetProperty("servers")[0].GetProperty("url").GetString());
    }

    [Fact]
    public async Task Everything_follows_the_JSON_options_of_the_app()
    {
        await using var app = await TestApp.StartAsync(Wire.Create,
            builder => builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase))
            .EnforceContract();
        var sent = await app.Client.PostJson("/comments", new Comment("a", [], new() { ["k"] = new("b", []) })).Expect<Comment>(200);
        Assert.Equal("b", sent.ByName!["k"].Text);
        Assert.Equal("darkGreen", (await app.Client.PostJson("/lenient", new Lenient()).Expect(200)).GetProperty("shade").GetString());
        var error = await app.Client.PostJson("/comments", new { text = 1, byName = 2 }).ExpectError(400, "byName");
        Assert.NotNull(error.TraceId);
        Assert.Equal("darkGreen", (await app.Client.GetAsync("/filter?shadeName=darkGreen&pageSize=3").Expect(200)).GetProperty("shadeName").GetString());
        var document = await app.Client.GetAsync("/openapi/v1.json").Expect(200);
        Assert.True(document.GetProperty("components").GetProperty("schemas").GetProperty("ErrorBody").GetProperty("properties")
            .TryGetProperty("traceId", out _));
        Assert.Contains("darkGreen", document.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("trace_id", document.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_probe_walks_generic_types_lists_and_dictionaries()
    {
        await using var app = await TestApp.StartAsync(Wire.Create);
        var faults = await app.FindUnvalidatedAsync(app.Client);
        Assert.DoesNotContain(faults, fault => fault.Contains("/holder", StringComparison.Ordinal) || fault.Contains("/named-ruled", StringComparison.Ordinal)
            || fault.Contains("/lenient", StringComparison.Ordinal));
        var probe = new ProbeBody(JsonConventions.Apply(new JsonSerializerOptions()));
        probe.Make(typeof(Holder));
        Assert.Equal(["items[0].item.title", "map.key.title", "count", "numbers", "next.title"], probe.Broken);
    }

    [Fact]
    public async Task A_replaced_problem_details_service_writes_every_error()
    {
        await using var app = await TestApp.StartAsync(Wire.Create, builder => builder.Services.AddSingleton<IProblemDetailsService, Mine>());
        var error = await app.Client.PostJson("/comments", new { text = 1, replies = Array.Empty<string>() }).Expect(400);
        Assert.Equal(("mine", "text must be text."), (error.GetProperty("by").GetString(), error.GetProperty("detail").GetString()));
        Assert.Equal("mine", (await app.Client.GetAsync("/nowhere").Expect(404)).GetProperty("by").GetString());
        Assert.Equal("mine", (await app.Client.PostJson("/lenient", new { name = "a" }).Expect(400)).GetProperty("by").GetString());
        // What it leaves alone is written in the standard format.
        await app.Client.DeleteAsync("/comments").ExpectError(405);
    }

    private static string Body(JsonNode document, string path) =>
        document["paths"]![path]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>().Split('/')[^1];

    private static async Task<JsonNode> ReadAsync()
    {
        await using var app = await TestApp.StartAsync(Wire.Create);
        return JsonNode.Parse(await app.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!;
    }

    private sealed class Mine : IProblemDetailsService
    {
        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            if (context.ProblemDetails.Status == StatusCodes.Status405MethodNotAllowed)
            {
                return false;
            }

            await context.HttpContext.Response.WriteAsJsonAsync(new { by = "mine", detail = context.ProblemDetails.Detail });
            return true;
        }

        public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);
    }
}
