namespace MyApi.Tests;

public sealed class AppTests
{
    [Fact]
    public async Task Two_apps_in_one_process_share_nothing()
    {
        await using var one = await Api.StartAsync(builder => builder.Configuration["PASSWORD_MIN_LENGTH"] = "4");
        await using var two = await Api.StartAsync();
        await one.Client.RegisterAsync("alice", "pass").Expect(201);

        Assert.Equal(0, (await two.Client.GetAsync("/users").Expect(200)).GetProperty("total").GetInt32());
        await two.Client.RegisterAsync("alice", "pass").ExpectError(422);
        two.Client.DefaultRequestHeaders.Authorization = new("Bearer", (await one.SignInAsync(await one.UserAsync("bob"))).AccessToken);
        await two.Client.GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task The_front_page_says_what_this_is_and_its_links_answer()
    {
        await using var app = await Api.StartAsync();
        var page = await app.Client.GetAsync("/").Expect(200);

        Assert.Equal("MyApi", page.GetProperty("name").GetString());
        foreach (var link in page.GetProperty("links").EnumerateObject())
        {
            await app.Client.GetAsync(link.Value.GetString()).Expect(200);
        }
    }

    [Fact]
    public async Task Demo_data_is_made_once_and_nobody_can_sign_in_as_it()
    {
        await using var app = await Api.StartAsync();
        for (var run = 0; run < 2; run++)
        {
            await app.WithAsync<AppDb>(async db => await DemoData.SeedAsync(db, app.Services, CancellationToken.None));
        }

        Assert.Equal(300, (await app.Client.GetAsync("/users").Expect(200)).GetProperty("total").GetInt32());
        Assert.Equal(100, (await app.Client.GetAsync("/products").Expect(200)).GetProperty("total").GetInt32());
        Assert.Equal("Notes of ada.abbott.\n", await app.Client.GetStringAsync("/files/demo/ada.abbott/notes.txt"));
        await app.Client.PostJson("/auth/login", new { email = "ada.abbott@demo.example", password = "x" }).ExpectError(401);
    }
}
