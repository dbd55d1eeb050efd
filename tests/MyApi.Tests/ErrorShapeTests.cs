using System.Text;

namespace MyApi.Tests;

/// <summary>One error shape, whoever raises it, on every path.</summary>
public sealed class ErrorShapeTests
{
    [Theory]
    [InlineData("GET", "/nope", 404)]
    [InlineData("GET", "/users/1/2/3/4", 404)]
    [InlineData("GET", "/posts/abc", 404)]
    [InlineData("GET", "/posts/-1", 404)]
    [InlineData("DELETE", "/users", 405)]
    [InlineData("PATCH", "/auth/login", 405)]
    [InlineData("FOO", "/users", 405)]
    [InlineData("GET", "/auth/login", 405)]
    [InlineData("GET", "/auth/me", 401)]
    public async Task An_error_has_the_one_shape_whatever_Accept_says(string method, string path, int status)
    {
        await using var app = await Api.StartAsync();
        foreach (var accept in new[] { null, "*/*", "text/html, */*;q=0.1", "application/xml, application/json;q=0.5", "application/json" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (accept is not null)
            {
                request.Headers.Add("Accept", accept);
            }

            await app.Client.SendAsync(request).ExpectError(status);
        }
    }

    [Theory]
    [InlineData("/nope", 404)]
    [InlineData("/users", 406)]
    public async Task Who_cannot_read_JSON_is_told_so_in_JSON(string path, int status)
    {
        await using var app = await Api.StartAsync();
        await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } }).ExpectError(status);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{\"email\":", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("5", 400)]
    [InlineData("\"x\"", 400)]
    [InlineData("{\"email\":{\"$gt\":\"\"},\"password\":\"x\"}", 400)]
    [InlineData("{\"email\":null,\"password\":null}", 400)]
    [InlineData("{}", 400)]
    public async Task A_body_that_makes_no_sense_is_400(string body, int status)
    {
        await using var app = await Api.StartAsync();
        await app.Client.PostAsync("/auth/login", new StringContent(body, Encoding.UTF8, "application/json")).ExpectError(status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_body_of_another_type_is_415(string type)
    {
        await using var app = await Api.StartAsync();
        await app.Client.PostAsync("/auth/login", new StringContent("{}", Encoding.UTF8, type)).ExpectError(415);
    }

    [Fact]
    public async Task Problem_json_tells_the_same_facts_to_who_asks()
    {
        await using var app = await Api.StartAsync();
        using var answer = await app.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/users/42") { Headers = { { "Accept", "application/problem+json" } } });
        using var problem = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(("Not Found", "User 42 not found", 404), (Text("title"), Text("detail"), problem.RootElement.GetProperty("status").GetInt32()));

        string? Text(string name) => problem.RootElement.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/users")]
    [InlineData("/users/")]
    [InlineData("/users/1")]
    [InlineData("/posts?page=1&limit=5")]
    [InlineData("/users/4242")]
    public async Task HEAD_answers_wherever_GET_does_without_a_body(string path)
    {
        await using var app = await Api.StartAsync();
        await app.UserAsync("alice");
        using var get = await app.Client.GetAsync(path);
        using var head = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/users", "GET, HEAD, OPTIONS, POST")]
    [InlineData("/users/1", "DELETE, GET, HEAD, OPTIONS, PUT")]
    [InlineData("/auth/login", "OPTIONS, POST")]
    public async Task OPTIONS_answers_204_with_Allow(string path, string allow)
    {
        await using var app = await Api.StartAsync();
        using var answer = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, path));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
    }

    [Fact]
    public async Task Validation_is_on_for_every_endpoint_with_a_body()
    {
        await using var app = await Api.StartAsync();
        Assert.Empty(await app.FindUnvalidatedAsync(app.As(await app.AdminAsync())));
    }

    [Fact]
    public async Task Ten_thousand_hostile_requests_give_no_5xx_and_one_shape()
    {
        await using var app = await Api.StartAsync(listen: true);
        var clients = new[] { app.Client, app.As(await app.UserAsync("alice")), app.As(await app.AdminAsync()) };
        var random = new Random(42);
        for (var i = 0; i < 10_000; i++)
        {
            using var request = Hostile.Next(random, app.Client.BaseAddress!);
            using var answer = await clients[random.Next(clients.Length)].SendAsync(request);
            var status = (int)answer.StatusCode;
            Assert.True(status < 500, $"{request.Method} {request.RequestUri}: {status}");
            // Kestrel itself refuses an encoded NUL, before there is an app to answer.
            if (status >= 400 && request.Method != HttpMethod.Head && !request.RequestUri!.OriginalString.Split('?')[0]
                .Contains("%00", StringComparison.Ordinal))
            {
                await Task.FromResult(answer).ExpectError(status);
            }
        }
    }
}
