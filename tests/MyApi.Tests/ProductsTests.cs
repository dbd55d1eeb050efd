namespace MyApi.Tests;

public sealed class ProductsTests
{
    [Theory]
    [InlineData("5", "5.00")]
    [InlineData("0", "0.00")]
    [InlineData("19.9", "19.90")]
    [InlineData("9999999999.99", "9999999999.99")]
    public async Task A_price_is_a_number_of_two_decimals(string sent, string kept)
    {
        await using var app = await Api.StartAsync();
        var created = await Create(app, $$"""{"name":"Lamp","price":{{sent}},"stock":1}""").Expect(201);
        var read = await app.Client.GetAsync($"/products/{created.GetProperty("id").GetInt32()}").Expect(200);

        Assert.Equal(kept, created.GetProperty("price").GetRawText());
        Assert.Equal(kept, read.GetProperty("price").GetRawText());
    }

    [Theory]
    [InlineData("""{"name":"Lamp","price":-0.01,"stock":1}""", "price")]
    [InlineData("""{"name":"Lamp","price":1.999,"stock":1}""", "price")]
    [InlineData("""{"name":"Lamp","price":"5","stock":1}""", "price")]
    [InlineData("""{"name":"Lamp","price":1e400,"stock":1}""", "price")]
    [InlineData("""{"name":"Lamp","price":10000000000,"stock":1}""", "price")]
    [InlineData("""{"name":"Lamp","price":5,"stock":-1}""", "stock")]
    [InlineData("""{"name":"Lamp","price":5,"stock":1.5}""", "stock")]
    [InlineData("""{"name":"Lamp","price":5,"stock":2147483648}""", "stock")]
    [InlineData("""{"price":5,"stock":1}""", "name")]
    [InlineData("""{"name":"Lamp","stock":1}""", "price")]
    [InlineData("""{"name":"Lamp","price":5}""", "stock")]
    public async Task A_bad_product_is_refused_by_the_member_at_fault(string body, string member)
    {
        await using var app = await Api.StartAsync();
        await Create(app, body).ExpectError(400, member);
    }

    [Fact]
    public async Task A_duplicate_name_is_a_conflict()
    {
        await using var app = await Api.StartAsync();
        await app.ProductAsync("Lamp");
        await Create(app, """{"name":"Lamp","price":5,"stock":1}""").ExpectError(409, "name");
    }

    [Fact]
    public async Task Of_fifty_who_create_the_same_name_at_once_one_succeeds()
    {
        await using var app = await Api.StartAsync();
        var admin = app.As(await app.AdminAsync());
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => admin.PostJson("/products", new { name = "Lamp", price = 5, stock = 1 })));

        Assert.Equal([(201, 1), (409, 49)], answers.GroupBy(answer => (int)answer.StatusCode).Select(group => (group.Key, group.Count())).Order());
    }

    private static async Task<HttpResponseMessage> Create(TestApp app, string body) =>
        await app.As(await app.AdminAsync()).PostAsync("/products", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
}
