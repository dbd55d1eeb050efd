using System.Net.Http.Headers;
using System.Text.Json;
using JsonApi.Accounts;
using JsonApi.Articles;

namespace JsonApi.Tests;

/// <summary>The app in memory, and what callers send to it.</summary>
internal static class Api
{
    public const string MediaType = "application/vnd.api+json";

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<TestApp> StartAsync() => TestApp.StartAsync(ArticlesApp.Create).EnforceContract();

    public static Task<User> UserAsync(this TestApp app, string name) => app.WithAsync<AppDb, User>(async db =>
    {
        var user = db.Users.Add(new User { Username = name, Email = $"{name}@example.com" }).Entity;
        await db.SaveChangesAsync(Stop);
        return user;
    });

    public static Task<Article> ArticleAsync(this TestApp app, User author, string title) => app.WithAsync<AppDb, Article>(async db =>
    {
        var article = db.Articles.Add(new Article { Title = title, Body = "A body", AuthorId = author.Id }).Entity;
        await db.SaveChangesAsync(Stop);
        return article;
    });

    public static Task<HttpResponseMessage> SendAsync(this HttpClient client, string method, string path, object body) =>
        client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(MediaType) } },
        }, Stop);

    /// <summary>Returns the errors of a response that must be an error document.</summary>
    public static async Task<List<JsonElement>> ErrorsAsync(this Task<HttpResponseMessage> pending, int status)
    {
        using var response = await pending;
        var body = await response.Content.ReadAsStringAsync(Stop);
        Assert.Equal((status, MediaType), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        var errors = JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateArray().ToList();
        Assert.All(errors, error => Assert.Equal($"{status}", error.GetProperty("status").GetString()));
        return errors;
    }

    public static IEnumerable<string?> Sources(this IEnumerable<JsonElement> errors, string kind) =>
        errors.Select(error => error.GetProperty("source").GetProperty(kind).GetString()).Order(StringComparer.Ordinal);
}
