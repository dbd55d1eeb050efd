using System.Text;
using System.Text.Json;

namespace MyApi.Tests;

/// <summary>Text comes back as it was sent, or is refused by name. It is never changed, and never breaks anything.</summary>
public sealed class OddTextTests
{
    [Fact]
    public async Task Any_text_is_a_title_a_body_and_a_name()
    {
        await using var app = await Api.StartAsync();
        var (author, admin) = (app.As(await app.UserAsync("alice")), app.As(await app.AdminAsync()));
        foreach (var text in OddText.All)
        {
            var post = await author.PostJson("/posts", new { title = text, body = text }).Expect(201);
            var read = await app.Client.GetAsync($"/posts/{post.GetProperty("id").GetInt32()}").Expect(200);
            Same(text, post.GetProperty("title"), read.GetProperty("title"), read.GetProperty("body"));

            var product = await admin.PostJson("/products", new { name = text, description = text, price = 1, stock = 1 }).Expect(201);
            Same(text, product.GetProperty("name"), product.GetProperty("description"));
        }

        var titles = (await app.Client.GetAsync("/posts?limit=100").Expect(200)).GetProperty("posts").EnumerateArray()
            .Select(post => post.GetProperty("title").GetString());
        Assert.Equal(OddText.All.Reverse().Take(100), titles);
    }

    [Fact]
    public async Task What_no_text_can_be_is_400_and_named()
    {
        await using var app = await Api.StartAsync();
        var author = app.As(await app.UserAsync("alice"));
        foreach (var text in OddText.Impossible)
        {
            await author.PostAsync("/posts", Json($$"""{"title":"{{text}}","body":"b"}""")).ExpectError(400, "title");
            await app.Client.PostAsync("/auth/register", Json($$"""{"username":"{{text}}","email":"a@example.com","password":"{{Api.Password}}"}"""))
                .ExpectError(400, "username");
        }
    }

    [Fact]
    public async Task Odd_names_and_addresses_make_an_account_or_are_refused()
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration["PASSWORD_MIN_LENGTH"] = "1");
        foreach (var text in OddText.All)
        {
            await StatusAsync(app.Client.PostJson("/auth/register", new { username = text, email = $"{text}@example.com", password = Api.Password }), 201,
                400, 409);
        }

        // A password is hashed, which takes its time.
        foreach (var text in OddText.All.Where((_, number) => number % 20 == 0))
        {
            await StatusAsync(app.Client.PostJson("/auth/login", new { email = text, password = text }), 400, 401);
        }
    }

    [Fact]
    public async Task Any_text_in_an_address_or_a_query_is_answered()
    {
        await using var app = await Api.StartAsync();
        var author = app.As(await app.UserAsync("alice"));
        foreach (var text in OddText.All.Where(text => text.All(unit => !char.IsControl(unit))))
        {
            var escaped = Uri.EscapeDataString(text);
            await StatusAsync(app.Client.GetAsync($"/users/a{escaped}"), 400, 404);
            await app.Client.GetAsync($"/posts?after={escaped}&limit={escaped}").ExpectError(400);
            // 409 for a name that looks like one that is there.
            var stored = await StatusAsync(author.PutAsync($"/files/x{escaped}", new StringContent(text)), 201, 400, 404, 409);
            if (stored == 201)
            {
                Assert.Equal(text, Encoding.UTF8.GetString(await app.Client.GetByteArrayAsync($"/files/x{escaped}")));
            }
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static void Same(string text, params JsonElement[] read) =>
        Assert.All(read, value => Assert.Equal(text, value.GetString(), StringComparer.Ordinal));

    private static async Task<int> StatusAsync(Task<HttpResponseMessage> call, params int[] statuses)
    {
        using var answer = await call;
        Assert.Contains((int)answer.StatusCode, statuses);
        return (int)answer.StatusCode;
    }
}
