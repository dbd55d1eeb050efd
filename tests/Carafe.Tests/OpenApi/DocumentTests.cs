using System.Text.Json.Nodes;

namespace Carafe.Tests.OpenApi;

public sealed class DocumentTests
{
    [Fact]
    public async Task The_command_prints_what_the_app_serves()
    {
        await using var app = await TestApp.StartAsync(Shop.Create);
        var served = await app.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        Assert.Equal(served.Trim(), (await PrintAsync("openapi")).Trim());
    }

    [Fact]
    public async Task The_document_comes_as_yaml()
    {
        await using var app = await TestApp.StartAsync(Shop.Create);
        using var served = await app.Client.GetAsync("/openapi/v1.yaml", TestContext.Current.CancellationToken);
        Assert.Equal("application/yaml", served.Content.Headers.ContentType?.MediaType);
        Assert.Equal((await served.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Trim(), (await PrintAsync("openapi", "--yaml")).Trim());
    }

    [Fact]
    public async Task An_unknown_document_is_404() =>
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/openapi/v9.json"));

    [Fact]
    public async Task The_document_says_what_is_on_the_wire()
    {
        var document = await ReadAsync();
        Assert.Equal("string", document.At("components/schemas/Cup/properties/made_at/type"));
        Assert.Equal("string", document.At("components/schemas/Glaze/type"));
        Assert.Equal("deep_blue", document.At("components/schemas/Glaze/enum/1"));
        Assert.Equal("integer", document.At("components/schemas/Cup/properties/id/type"));
        Assert.Equal("decimal", document.At("components/schemas/Cup/properties/price/format"));
        Assert.Equal("1000", document.At("components/schemas/CupRequest/properties/price/maximum"));
        Assert.Equal("#/components/schemas/Cup", document.At("components/schemas/PagedOfCup/properties/cups/items/$ref"));
        Assert.Null(document.At("components/schemas/PagedOfCup/properties/items"));
    }

    [Fact]
    public async Task What_is_answered_always_is_required_and_what_is_left_out_is_never_null()
    {
        var cup = (await ReadAsync())["components"]!["schemas"]!["Cup"]!;
        Assert.Contains("fragile", cup["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.DoesNotContain("secret", cup["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal("string", cup.At("properties/secret/type"));
    }

    [Fact]
    public async Task Errors_follow_from_parameters_bodies_and_who_may_call()
    {
        var paths = (await ReadAsync())["paths"]!;
        Assert.Equal(["200", "400", "406", "500", "503"], Statuses(paths["/cups"]!["get"]!));
        Assert.Equal(["201", "400", "401", "403", "406", "409", "413", "415", "500", "503"], Statuses(paths["/cups"]!["post"]!));
        Assert.Equal(["200", "400", "404", "406", "500", "503"], Statuses(paths["/cups/{id}"]!["get"]!));
        Assert.Equal(["204", "400", "401", "403", "404", "500", "503"], Statuses(paths["/cups/{id}"]!["delete"]!));
        Assert.Equal(["200", "400", "406", "500", "503"], Statuses(paths["/"]!["get"]!));
    }

    [Fact]
    public async Task Operations_are_named_after_blueprint_and_handler_and_say_who_may_call()
    {
        var document = await ReadAsync();
        var operation = document["paths"]!["/cups"]!["post"]!;
        Assert.Equal("cups_CreateCup", operation.At("operationId"));
        Assert.Equal("Make a cup", operation.At("summary"));
        Assert.Equal("cups", operation.At("tags/0"));
        Assert.Equal("bearer", Assert.Single(operation["security"]![0]!.AsObject()).Key);
        Assert.Empty(document["paths"]!["/cups"]!["get"]!["security"]!.AsArray());
        Assert.Equal("The cups: anyone may look.", document["tags"]!.AsArray().Single(tag => tag!.At("name") == "cups")!.At("description"));
    }

    [Fact]
    public async Task What_is_deprecated_is_marked_with_the_headers_that_it_sends()
    {
        var paths = (await ReadAsync())["paths"]!;
        Assert.Equal(["Deprecation", "Link", "Sunset"], Headers(paths["/cups/all"]!["get"]!));
        Assert.Equal("@1700000000", paths["/cups/all"]!.At("get/responses/200/headers/Deprecation/example"));
        Assert.Equal(["Deprecation"], Headers(paths["/cups/found"]!["get"]!));
        Assert.Equal("true", paths["/cups/all"]!.At("get/deprecated"));
        Assert.Null(paths["/cups/search"]!.At("get/deprecated"));

        static IEnumerable<string> Headers(JsonNode operation) =>
            operation["responses"]!["200"]!["headers"]!.AsObject().Select(header => header.Key).Order(StringComparer.Ordinal);
    }

    private static string[] Statuses(JsonNode operation) => [.. operation["responses"]!.AsObject().Select(response => response.Key)];

    private static async Task<JsonNode> ReadAsync() => JsonNode.Parse(await PrintAsync("openapi"))!;

    private static async Task<HttpStatusCode> StatusAsync(string path)
    {
        await using var app = await TestApp.StartAsync(Shop.Create);
        using var answer = await app.Client.GetAsync(path);
        return answer.StatusCode;
    }

    private static async Task<string> PrintAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CarafeApp.RunAsync([.. args, "--environment", "Testing"], Shop.Create, output, error);
        Assert.Equal("", error.ToString());
        Assert.Equal(0, code);
        return output.ToString();
    }
}

internal static class JsonNodes
{
    public static string? At(this JsonNode node, string path) =>
        path.Split('/').Aggregate((JsonNode?)node, (at, step) => at is JsonArray list
            ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]
            : at?[step])?.ToString();
}
