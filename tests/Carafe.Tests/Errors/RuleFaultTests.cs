namespace Carafe.Tests.Errors;

public sealed class RuleFaultTests
{
    private const string Rest = ""","price":1,"items":[]}""";

    [Fact]
    public async Task Broken_rules_come_by_json_name_and_path_without_a_word_of_the_code()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders",
            """{"customer_name":"A","price":-1,"items":[{"product_title":"Tea","count":1},{"product_title":"","count":1}],"e-mail":"a@b"}""")).IsError(400);
        Assert.Equal(
            [
                "customer_name must have 2 to 20 characters", "e-mail must be an e-mail address, such as ada@example.com",
                "items[1].product_title must have 1 to 10 characters", "price must be from 0 to 1000000",
            ],
            answer.Faults);
        Assert.DoesNotContain("CustomerName", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_rules_and_faults_of_the_json_come_together()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders", """{"customer_name":"A","price":-1,"gift":7}""")).IsError(400);
        Assert.Equal(["customer_name must have 2 to 20 characters", "gift must be true or false", "items is required", "price must be from 0 to 1000000"],
            answer.Faults);
    }

    [Fact]
    public async Task A_rule_across_members_names_the_member()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders",
            """{"customer_name":"Ada","kind":"next_day","due_at":"2026-05-28T09:30:00Z" """ + Rest)).IsError(400);
        Assert.Equal(["due_at must be absent for the next day"], answer.Faults);
    }

    [Theory]
    [InlineData("e-mail", "ada@example.com", true)]
    [InlineData("e-mail", "a.b+c@x.co.uk", true)]
    [InlineData("e-mail", "a@b", false)]
    [InlineData("e-mail", "", false)]
    [InlineData("e-mail", "a@b.c", false)]
    [InlineData("e-mail", "a b@example.com", false)]
    [InlineData("e-mail", "a@@example.com", false)]
    [InlineData("e-mail", ".a@example.com", false)]
    [InlineData("e-mail", "a@-example.com", false)]
    [InlineData("e-mail", "ada@example.com\\n", false)]
    [InlineData("login", "ada", true)]
    [InlineData("login", "ab", false)]
    [InlineData("login", "1ada", false)]
    [InlineData("login", "ada.", false)]
    [InlineData("login", "ad a", false)]
    [InlineData("login", "аda", false)]
    [InlineData("login", "ada\\n", false)]
    [InlineData("address", "a-first-post", true)]
    [InlineData("address", "A-first", false)]
    [InlineData("address", "a--b", false)]
    [InlineData("address", "-a", false)]
    [InlineData("home", "https://example.com/a?b=c", true)]
    [InlineData("home", "http://localhost:5000", true)]
    [InlineData("home", "http://", false)]
    [InlineData("home", "javascript:alert(1)", false)]
    [InlineData("home", "ftp://example.com", false)]
    [InlineData("home", "https://u:p@example.com", false)]
    [InlineData("home", "example.com", false)]
    [InlineData("home", "https://exa mple.com", false)]
    [InlineData("note", "12345", true)]
    [InlineData("note", "123456", false)]
    [InlineData("note", "😀😀😀😀😀", true)]
    [InlineData("note", "😀😀😀😀😀😀", false)]
    [InlineData("note", "e\u0301e\u0301e\u0301", false)]
    [InlineData("note", "\U0001F468\u200d\U0001F469\u200d\U0001F467", true)]
    [InlineData("note", "\U0001F468\u200d\U0001F469\u200d\U0001F467!", false)]
    public async Task Rules_mean_what_they_say(string name, string value, bool good)
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = await app.SendAsync("POST", "/orders", $$"""{"customer_name":"Ada","{{name}}":"{{value}}" """ + Rest);
        Assert.Equal(good ? 200 : 400, answer.Status);
        Assert.All(answer.Status == 400 ? answer.Faults : [], fault => Assert.StartsWith(name + " must", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_faulty_parameters_are_named_as_the_caller_writes_them()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        Assert.Equal(["X-Tenant is required", "page must be a whole number", "search_term is required"],
            (await app.SendAsync("GET", "/orders?page=abc")).IsError(400).Faults);
        Assert.Equal(["first is required", "second must be a whole number from -2147483648 to 2147483647"],
            (await app.SendAsync("GET", "/numbers?second=2147483648")).IsError(400).Faults);
        Assert.Equal(["third must be from 1 to 5"], (await app.SendAsync("GET", "/numbers?first=1&second=2&third=9")).IsError(400).Faults);
        Assert.Equal(200, (await app.SendAsync("GET", "/orders?search_term=a&page=2", headers: ("X-Tenant", "7"))).Status);
    }

    [Fact]
    public async Task A_parameter_that_means_one_value_is_refused_twice()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        Assert.Equal(["first appears twice", "second appears twice"],
            (await app.SendAsync("GET", "/numbers?first=1&first=2&second=1&SECOND=2")).IsError(400).Faults);
        Assert.Equal(["q appears twice"], (await app.SendAsync("GET", "/many?q=a&q=b&id=1&id=2")).IsError(400).Faults);
        Assert.Equal(200, (await app.SendAsync("GET", "/many?q=a&id=1&id=2")).Status);
        Assert.Equal(["id must be a whole number"], (await app.SendAsync("GET", "/many?q=a&id=1&id=x")).IsError(400).Faults);
        (await app.SendAsync("GET", "/many?q=a%00b&id=1")).IsError(400);
    }

    [Fact]
    public async Task A_parameter_that_nobody_knows_is_refused_where_that_is_asked_for_and_the_known_are_told()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapGet("/lax", (int year) => TypedResults.Ok(year));
            app.MapGroup("/strict").WithStrictQuery().MapGet("/", (int year, string? region) => TypedResults.Ok(region ?? $"{year}"));
            app.MapGet("/none", () => TypedResults.Ok()).WithStrictQuery()
                .WithMetadata(new RequestParameterMetadata("Read-By-Hand", typeof(int), "A header.") { IsHeader = true });
            app.MapGet("/by-hand", () => TypedResults.Ok()).WithStrictQuery()
                .WithMetadata(new RequestParameterMetadata("sort", typeof(string), "Read by hand."));
        });
        Assert.Equal(200, (await app.SendAsync("GET", "/lax?year=1&sort=x")).Status);
        Assert.Equal(200, (await app.SendAsync("GET", "/strict?YEAR=1&region=a")).Status);
        Assert.Equal(["regoin is not known here; known are region, year", "sort is not known here; known are region, year"],
            (await app.SendAsync("GET", "/strict?year=1&regoin=a&sort=x")).IsError(400).Faults);
        Assert.Equal(["sort is not known here, as no query parameter is"], (await app.SendAsync("GET", "/none?sort=x")).IsError(400).Faults);
        Assert.Equal(200, (await app.SendAsync("GET", "/by-hand?sort=x")).Status);
    }
}
