using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;

namespace JsonApi.Tests;

/// <summary>The kit's nets hold on another wire than its own.</summary>
public sealed class ContractTests
{
    [Fact]
    public async Task The_app_keeps_what_the_specification_promises()
    {
        await using var app = await Api.StartAsync();
        await app.MustImplementAsync(Path.Combine(AppContext.BaseDirectory, "articles.yaml"), match: ContractMatch.PromisesKept);
    }

    [Fact]
    public async Task Requests_made_from_the_document_get_responses_that_keep_to_it()
    {
        await using var app = await Api.StartAsync();
        var report = await app.ProbeContractAsync(async number => number % 3 == 0 ? app.CreateClient() : app.As(await app.UserAsync($"user{number}")), 600);
        Assert.Empty(report.Failures);
        Assert.True(report.Responses.ContainsKey(("GET /articles", 200)));
    }

    [Fact]
    public async Task Every_body_is_validated()
    {
        await using var app = await Api.StartAsync();
        var ada = await app.UserAsync("ada");
        await app.ArticleAsync(ada, "One");
        Assert.Empty(await app.FindUnvalidatedAsync(app.As(ada)));
    }

    [Fact]
    public void The_wire_is_made_of_options_alone()
    {
        var types = typeof(ArticlesApp).Assembly.GetTypes().Where(type => type.Namespace?.StartsWith("JsonApi", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(types, type => type.IsAssignableTo(typeof(JsonConverter)) || type.IsAssignableTo(typeof(IMiddleware))
            || type.IsAssignableTo(typeof(IEndpointFilter)) || type.IsAssignableTo(typeof(IOpenApiDocumentTransformer))
            || type.IsAssignableTo(typeof(IOpenApiOperationTransformer)) || type.IsAssignableTo(typeof(IOpenApiSchemaTransformer)));
    }
}
