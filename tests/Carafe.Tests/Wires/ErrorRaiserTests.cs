using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carafe.Data;
using Carafe.Tests.Auth;
using Carafe.Tests.Data;
using Carafe.Tests.OpenApi;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Tests.Wires;

public sealed record Shelved(NewItem Item);

/// <summary>What refuses a request long before or after its handler does so in the app's format.</summary>
public sealed class ErrorRaiserTests
{
    [Fact]
    public async Task Everything_around_a_handler_speaks_the_apps_format()
    {
        // Only a real server counts what it reads.
        await using var app = await StartAsync(listen: true);
        var cup = """{"item":{"name":"cup"}}""";
        (string Method, string Path, string? Body, string Type, (string, string)[] Headers, int Status)[] requests =
        [
            ("GET", "/plain", null, "", [("Accept", "text/html")], 406),
            ("POST", "/small", $$$"""{"item":{"name":"{{{new string('x', 300)}}}"}}""", "application/json", [], 413),
            ("POST", "/small", cup, "text/plain", [], 415),
            ("POST", "/small", cup, "application/json", [("Content-Encoding", "compress")], 415),
            ("PUT", "/guarded", cup, "application/json", [], 428),
            ("PUT", "/guarded", cup, "application/json", [("If-Match", "\"other\"")], 412),
            ("POST", "/once", cup, "application/json", [("Idempotency-Key", "bad key, of two")], 400),
            ("GET", "/slow", null, "", [], 504),
            ("GET", "/readyz", null, "", [], 503),
            ("GET", "/limited", null, "", [], 204),
            ("GET", "/limited", null, "", [], 429),
            ("POST", "/items", cup, "application/json", [], 201),
            ("POST", "/items", cup, "application/json", [], 409),
            ("GET", "/closed", null, "", [], 401),
        ];
        foreach (var (method, path, body, type, headers, status) in requests)
        {
            var response = await app.SendAsync(method, path, body, type, headers);
            Assert.True(response.Status == status, $"{method} {path}: {response.Status} {response.Body}");
            if (status >= 400)
            {
                IsForeign(response);
            }
        }
    }

    [Fact]
    public async Task A_unique_index_names_the_whole_path_in_an_envelope()
    {
        await using var app = await StartAsync();
        await app.SendAsync("POST", "/items", """{"item":{"name":"cup"}}""");
        var response = await app.SendAsync("POST", "/items", """{"item":{"name":"cup"}}""");
        var error = Assert.Single(response.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal("/item/name", error.GetProperty("source").GetProperty("pointer").GetString());
        Assert.Equal("item.name is already taken", error.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_pointer_leads_to_the_member_whatever_its_name_is()
    {
        await using var app = await StartAsync();
        foreach (var name in (string[])["a.b", "a[0]", "\"", "\\", "a/b~c", " ", "'", "a\"].b", ""])
        {
            var body = JsonSerializer.Serialize(new { prices = new Dictionary<string, object> { [name] = new { name = 1 } } });
            var response = await app.SendAsync("POST", "/prices", body);
            var pointer = Assert.Single(response.Json.GetProperty("errors").EnumerateArray()).GetProperty("source").GetProperty("pointer").GetString()!;
            var member = JsonDocument.Parse(body).RootElement;
            foreach (var step in pointer.Split('/').Skip(1))
            {
                member = member.GetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
            }

            Assert.Equal(1, member.GetInt32());
        }
    }

    [Fact]
    public async Task A_name_that_looks_like_a_long_path_costs_no_more_than_another()
    {
        await using var app = await StartAsync();
        // Taken apart step by step with a copy of the rest each time, this took minutes.
        var name = string.Concat(Enumerable.Repeat("a']['", 150_000));
        var response = await app.SendAsync("POST", "/items", JsonSerializer.Serialize(new Dictionary<string, int> { [name] = 1 }));
        Assert.Equal(400, response.Status);
        IsForeign(response);
    }

    [Fact]
    public async Task Tokens_roles_and_ownership_are_refused_in_the_apps_format()
    {
        await using var app = await AuthApp.StartAsync(services: services =>
            services.AddErrorFormat(JsonApiErrors.From, format => format.MediaType = WireApp.MediaType));
        var pair = await app.LoginAsync();
        (string Path, string? Token, int Status)[] requests =
        [
            ("/me", null, 401), ("/me", "a.b.c", 401), ("/me", pair.RefreshToken, 401), ("/admin", pair.AccessToken, 403), ("/users/77", pair.AccessToken, 403),
            ("/rows/77", pair.AccessToken, 403), ("/scoped", pair.AccessToken, 403),
        ];
        foreach (var (path, token, status) in requests)
        {
            var response = await Answer.ReadAsync(await app.GetAsync(path, token));
            Assert.Equal((path, status), (path, response.Status));
            IsForeign(response);
        }
    }

    [Fact]
    public async Task A_page_has_the_names_and_numbers_of_the_app()
    {
        await using var app = await SmallApp.StartAsync(app => app.MapGet("/items", Paged<ItemResponse> (bool last) => last
            ? new Paged<ItemResponse>([])
            : new Paged<ItemResponse>([]) { Total = 3, Page = 1, Pages = 2 }), builder => builder.Services.AddJsonConventions(json =>
        {
            (json.NamingPolicy, json.Nulls) = (JsonNamingPolicy.SnakeCaseUpper, JsonIgnoreCondition.WhenWritingNull);
            json.Numbers = JsonNumberHandling.WriteAsString
                | JsonNumberHandling.AllowReadingFromString;
        }));
        Assert.Equal("""{"items":[],"TOTAL":"3","PAGE":"1","PAGES":"2"}""", (await app.SendAsync("GET", "/items?last=false")).Body);
        Assert.Equal("""{"items":[]}""", (await app.SendAsync("GET", "/items?last=true")).Body);
    }

    private static void IsForeign(Answer response)
    {
        Assert.Equal(WireApp.MediaType, response.Headers["Content-Type"]);
        Assert.All(response.Json.GetProperty("errors").EnumerateArray(), error =>
        {
            Assert.Equal(response.Status.ToString(CultureInfo.InvariantCulture), error.GetProperty("status").GetString());
            Assert.NotEmpty(error.GetProperty("detail").GetString()!);
        });
    }

    private static Task<TestApp> StartAsync(bool listen = false) => SmallApp.StartAsync(
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapHealth();
            app.MapGet("/plain", () => TypedResults.Ok("plain"));
            app.MapPost("/small", (Shelved body) => TypedResults.Ok(body)).WithBodyLimit(100);
            app.MapPut("/guarded", (Shelved body, Preconditions preconditions) =>
            {
                preconditions.ThrowIfFailed(3);
                return TypedResults.Ok(body);
            }).RequireIfMatch();
            app.MapPost("/once", (Shelved body) => TypedResults.Ok(body)).WithIdempotency(allowAnonymous: true);
            app.MapGet("/slow", async (CancellationToken stop) => await Task.Delay(Timeout.Infinite, stop)).WithRequestTimeout(TimeSpan.FromMilliseconds(20));
            app.MapGet("/limited", () => TypedResults.NoContent()).WithLimit("1/day");
            app.MapGet("/closed", () => TypedResults.Ok(1)).RequireAuthorization();
            app.MapPost("/prices", (Dictionary<string, Dictionary<string, NewItem>> body) => TypedResults.Ok(body));
            app.MapPost("/items", async (Shelved body, ShopDb db) =>
            {
                db.Items.Add(new Item { Name = body.Item.Name });
                await db.SaveChangesAsync();
                return TypedResults.Created("/items/1", body);
            });
        },
        builder =>
        {
            builder.Configuration["RATELIMIT_ENABLED"] = "true";
            builder.Services.AddDatabase<ShopDb>().AddLimits();
            builder.Services.AddAuthorization();
            builder.Services.AddAuthentication("nobody").AddScheme<AuthenticationSchemeOptions, NobodyHandler>("nobody", null);
            builder.Services.AddHealthChecks().AddCheck("printer", () => HealthCheckResult.Unhealthy("Out of paper."), ["ready"]);
            builder.Services.AddErrorFormat(JsonApiErrors.From, format => format.MediaType = WireApp.MediaType);
        },
        listen: listen);
}
