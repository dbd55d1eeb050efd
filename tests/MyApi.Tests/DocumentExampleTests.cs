using System.Text;
using System.Text.Json;

namespace MyApi.Tests;

/// <summary>What the docs page starts with is a request that the app accepts.</summary>
public sealed class DocumentExampleTests
{
    [Fact]
    public async Task Every_body_has_an_example_that_is_accepted_as_it_stands()
    {
        using var document = JsonDocument.Parse(await ReadAsync());
        var tried = 0;
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(operation => operation.Value.TryGetProperty("requestBody", out _)))
            {
                foreach (var body in operation.Value.GetProperty("requestBody").GetProperty("content").EnumerateObject()
                    .Where(body => body.Name.EndsWith("json", StringComparison.Ordinal)))
                {
                    var status = await SendAsync(new HttpMethod(operation.Name.ToUpperInvariant()), path.Name, body.Name,
                        body.Value.GetProperty("example").GetRawText());
                    // No example can be a code that was mailed.
                    Assert.True(status is not (400 or 415 or 422) || (status == 400 && path.Name is ("/auth/reset" or "/auth/verify" or "/auth/email/restore")),
                        $"{operation.Name} {path.Name} as {body.Name}: {status}");
                    tried++;
                }
            }
        }

        Assert.True(tried > 10, $"{tried} bodies");
    }

    [Fact]
    public async Task Titles_are_short_and_say_nothing_of_the_kit()
    {
        using var document = JsonDocument.Parse(await ReadAsync());
        var titles = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("summary").GetString()!).ToList();
        Assert.All(titles, title => Assert.True(title.Length <= 60 && !title.EndsWith('.'), title));
        Assert.DoesNotContain("lueprint", document.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/posts", "post", "/posts/1")]
    [InlineData("/auth/register", "post", "/users/1")]
    [InlineData("/products", "post", "/products/1")]
    public async Task A_location_in_the_document_is_the_address_of_what_was_made(string path, string method, string location)
    {
        using var document = JsonDocument.Parse(await ReadAsync());
        var created = document.RootElement.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty("201");
        Assert.Equal(location, created.GetProperty("headers").GetProperty("Location").GetProperty("example").GetString());
    }

    private static async Task<string> ReadAsync()
    {
        await using var app = await Api.StartAsync();
        return await app.Client.GetStringAsync("/openapi/v1.json");
    }

    private static async Task<int> SendAsync(HttpMethod method, string path, string type, string body)
    {
        await using var app = await Api.StartAsync();
        var admin = await app.AdminAsync();
        await app.PostAsync(admin);
        await app.ProductAsync("Cup");
        using var response = await app.As(admin).SendAsync(new HttpRequestMessage(method, path.Replace("{id}", "1", StringComparison.Ordinal))
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        });
        return (int)response.StatusCode;
    }
}
