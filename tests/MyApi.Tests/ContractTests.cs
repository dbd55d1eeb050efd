using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Carafe.Auth;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace MyApi.Tests;

/// <summary>The OpenAPI document is the contract: it is committed, complete, and what the app does.</summary>
public sealed partial class ContractTests
{
    private const string Refresh = "dotnet run --project app/MyApi -- openapi --output openapi.json";

    [Fact]
    public async Task The_committed_document_is_the_one_that_the_app_serves()
    {
        await using var app = await Api.StartAsync();
        var served = await app.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        var committed = await File.ReadAllTextAsync(Path.Combine(Root(), "app/MyApi/openapi.json"), TestContext.Current.CancellationToken);
        Assert.True(served == committed, $"The API has changed. If that is meant, refresh the document with: {Refresh}");
    }

    [Fact]
    public async Task Every_route_is_documented_and_every_documented_operation_is_served()
    {
        await using var app = await Api.StartAsync();
        var served = from endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                     where !OfTheDocsPage(endpoint) && !OfOperators(endpoint)
                     from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
                     select $"{method} {Shape("/" + endpoint.RoutePattern.RawText!.Trim('/'))}";
        var documented = from path in (await ReadAsync(app))["paths"]!.AsObject()
                         from operation in path.Value!.AsObject()
                         select $"{operation.Key.ToUpperInvariant()} {Shape(path.Key)}";
        Assert.Equal(served.Distinct().Order(), documented.Order());
    }

    [Fact]
    public async Task Operation_ids_are_unique()
    {
        await using var app = await Api.StartAsync();
        var ids = (await ReadAsync(app))["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!["operationId"]!.GetValue<string>()).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Contains("users_GetUser", ids);
    }

    [Fact]
    public async Task No_schema_of_an_answer_has_a_secret()
    {
        await using var app = await Api.StartAsync();
        var answers = (await ReadAsync(app))["components"]!["schemas"]!.AsObject().Where(schema => !schema.Key.EndsWith("Request", StringComparison.Ordinal));
        Assert.DoesNotContain(answers.SelectMany(schema => schema.Value!["properties"]?.AsObject().Select(member => member.Key) ?? []),
            name => name.Contains("password", StringComparison.Ordinal) || name.Contains("hash", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_entity_is_read_from_a_request_or_written_to_an_answer()
    {
        await using var app = await Api.StartAsync();
        var entities = await app.WithAsync<AppDb, string[]>(
            db => Task.FromResult(db.Model.GetEntityTypes().Select(entity => entity.ClrType.FullName!).ToArray()));
        var travelling = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.SelectMany(endpoint =>
            (Type?[])[endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType,
                .. endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Select(answer => answer.Type)]).OfType<Type>().ToList();
        Assert.NotEmpty(travelling);
        Assert.DoesNotContain(travelling, type => entities.Any(entity => Regex.IsMatch(type.ToString(), Regex.Escape(entity) + @"\b")));
    }

    [Fact]
    public async Task With_cookies_the_document_says_which_and_what_an_unsafe_request_needs_as_well()
    {
        await using var app = await Api.StartAsync(builder => builder.Services.Configure<AuthOptions>(auth => auth.UseCookies = true));
        var document = await ReadAsync(app);
        Assert.Equal(
            ["bearer http  ", "cookie apiKey cookie __Host-access", "csrf apiKey header X-CSRF-Token", "refresh_cookie apiKey cookie __Host-refresh",
                "refresh_token http  "],
            document["components"]!["securitySchemes"]!.AsObject().Select(
            scheme => $"{scheme.Key} {scheme.Value!["type"]} {scheme.Value["in"]} {scheme.Value["name"]}").Order());
        Assert.Equal("bearer | cookie", Ways("/auth/me", "get"));
        Assert.Equal("bearer | cookie+csrf", Ways("/posts", "post"));
        Assert.Equal("refresh_token | refresh_cookie+csrf", Ways("/auth/refresh", "post"));
        Assert.Equal(" | bearer | cookie", Ways("/users", "get"));
        Assert.Equal("", Ways("/auth/login", "post"));
        Assert.NotNull(document["paths"]!["/auth/refresh"]!["post"]!["responses"]!["403"]);

        (await app.Client.RegisterAsync("alice")).EnsureSuccessStatusCode();
        using var login = await app.Client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/refresh");
        request.Headers.Add("Cookie", login.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        Assert.Equal("csrf", (await app.Client.SendAsync(request).ExpectError(403)).Reason);

        string Ways(string path, string method) =>
            string.Join(" | ", document["paths"]![path]![method]!["security"]!.AsArray()
                .Select(way => string.Join('+', way!.AsObject().Select(scheme => scheme.Key))));
    }

    [Fact]
    public async Task Whoever_has_no_token_or_a_bad_one_gets_401_from_every_operation_that_asks_for_one()
    {
        await using var app = await Api.StartAsync();
        using var bad = app.CreateClient();
        bad.DefaultRequestHeaders.Authorization = new("Bearer", "not.a.token");
        foreach (var (path, item) in (await ReadAsync(app))["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject().Where(operation => operation.Value!["security"]!.AsArray() is [JsonObject { Count: > 0 }]))
            {
                foreach (var client in (HttpClient[])[app.Client, bad])
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()),
                        Slot().Replace(path, Guid.Empty.ToString()).Replace($"sessions/{Guid.Empty}", "sessions/{}", StringComparison.Ordinal)
                        .Replace(Guid.Empty.ToString(), "1", StringComparison.Ordinal).Replace("{}", Guid.Empty.ToString(), StringComparison.Ordinal));
                    await client.SendAsync(request, TestContext.Current.CancellationToken).ExpectError(401);
                }
            }
        }
    }

    [Fact]
    public async Task Five_thousand_requests_made_from_the_document_get_answers_that_keep_to_it()
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration["PASSWORD_MIN_LENGTH"] = "1");
        var client = app.Client;
        var report = await app.ProbeContractAsync(
            // One in eleven, scattered: by turns, a number of operations that is a multiple would give each always the same caller, signed out before it.
            async n => client = Scatter(n) % 11 > 0 ? client : (Scatter(n) / 11 % 4) switch
            {
                0 => app.Client,
                1 => app.As(await app.UserAsync($"user{n}")),
                _ => app.As(await app.UserAsync($"admin{n}", Roles.Admin)),
            },
            requests: 5_000,
            seed: 42);
        Assert.True(report.Failures.Count == 0, string.Join(Environment.NewLine, report.Failures.Take(20).Prepend($"{report.Failures.Count} faults:")));
        // The document says what a password looks like, not what it is.
        // Nor does the same caller often come to delete themselves while their sign-in is recent.
        string[] hard =
            ["DELETE /auth/me", "DELETE /auth/sessions/{id}", "GET /users/{id}/posts/{post_id}", "POST /auth/email", "POST /auth/email/restore",
                "POST /auth/login", "POST /auth/password", "POST /auth/refresh", "POST /auth/reset", "POST /auth/verify"];
        var never = report.Responses.Keys.GroupBy(answer => answer.Operation).Where(answers => answers.All(answer => answer.Status >= 300))
            .Select(answers => answers.Key);
        Assert.Empty(never.Except(hard));
    }

    private static uint Scatter(int n)
    {
        var mixed = unchecked((uint)n * 2_654_435_761);
        mixed = unchecked((mixed ^ (mixed >> 15)) * 2_246_822_519);
        return mixed ^ (mixed >> 13);
    }

    // What operators and their orchestrators have is not the API that clients read about.
    private static bool OfOperators(RouteEndpoint endpoint) => Regex.IsMatch(endpoint.RoutePattern.RawText!, "^/?(admin/tasks|livez|startupz)(/|$)");

    private static bool OfTheDocsPage(RouteEndpoint endpoint) => Regex.IsMatch(endpoint.RoutePattern.RawText!, "^/?(docs|openapi)(/|$)");

    // users/{id:int} and users/{username} are one shape, which the document tells as one path.
    private static string Shape(string path) => Slot().Replace(path, "{}");

    private static async Task<JsonNode> ReadAsync(TestApp app) => JsonNode.Parse(await app.Client.GetStringAsync("/openapi/v1.json"))!;

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Carafe.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Slot();
}
