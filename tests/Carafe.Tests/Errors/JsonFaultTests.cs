using System.Text;

namespace Carafe.Tests.Errors;

public sealed class JsonFaultTests
{
    private const string Good = """{"customer_name":"Ada","price":9.5,"items":[{"product_title":"Tea","count":1}]}""";

    public static TheoryData<string, string> OneFault => new()
    {
        { """ "price":"abc" """, "price must be a number" },
        { """ "price":"10" """, "price must be a number" },
        { """ "price":{} """, "price must be a number" },
        { """ "price":1e400 """, "price is a number that cannot be kept exactly" },
        { """ "price":0.1234567890123456789012345678901 """, "price is a number that cannot be kept exactly" },
        { """ "price":123456789012345678901234567890 """, "price is a number that cannot be kept exactly" },
        { """ "weight":1e400 """, "weight is a number that cannot be kept exactly" },
        { """ "weight":9007199254740993 """, "weight is a number that cannot be kept exactly" },
        { """ "quantity":2147483648 """, "quantity must be a whole number from -2147483648 to 2147483647" },
        { """ "big":9223372036854775808 """, "big must be a whole number from -9223372036854775808 to 9223372036854775807" },
        { """ "quantity":1.5 """, "quantity must be a whole number" },
        { """ "quantity":"5" """, "quantity must be a whole number" },
        { """ "quantity":null """, "quantity must not be null" },
        { """ "gift":1 """, "gift must be true or false" },
        { """ "kind":"now" """, "kind must be one of: standard, next_day" },
        { """ "kind":1 """, "kind must be one of: standard, next_day" },
        { """ "due_at":"2026-02-30T00:00:00Z" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"2026-02-03T00:00:00" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"2026-02-03T23:59:60Z" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"12026-02-03T00:00:00Z" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"10000-01-01T00:00:00Z" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"0000-01-01T00:00:00Z" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"0001-01-01T00:00:00+14:00" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"9999-12-31T23:59:59-01:00" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"2026-05-28T09:30:00+14:01" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"2026-05-28T24:00:00Z" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"2026-05-28 09:30:00Z" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"2026-05-28" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "due_at":"1780000000" """, "due_at must be a timestamp with an offset, such as 2026-05-28T09:30:00Z" },
        { """ "day":"2026-13-01" """, "day must be a date, such as 2026-05-28" },
        { """ "reference":"x" """, "reference must be a UUID, such as 0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d" },
        { """ "customer_name":7 """, "customer_name must be text" },
        { """ "customer_name":null """, "customer_name must not be null" },
        { """ "customer_name":"a\u0000b" """, "customer_name must be Unicode text without NUL characters and lone surrogates" },
        { """ "customer_name":"\ud800" """, "customer_name must be Unicode text without NUL characters and lone surrogates" },
        { """ "items":{} """, "items must be a list" },
        { """ "items":[{"product_title":"Tea","count":"x"}] """, "items[0].count must be a whole number" },
        { """ "items":[{"product_title":"Tea","count":1},{"count":1}] """, "items[1].product_title is required" },
        { """ "items":[1] """, "items[0] must be an object" },
        { """ "scores":{"a":"x"} """, "scores.a must be a whole number" },
        { """ "scores":{"a":1,"a":2} """, "scores.a appears twice" },
        { """ "role":"admin" """, "role is not a member of this object" },
        { """ "Gift":true """, "Gift is not a member of this object" },
        { """ "gift":true,"gift":true """, "gift appears twice" },
    };

    [Theory]
    [MemberData(nameof(OneFault))]
    public async Task A_fault_names_the_member_and_says_what_it_must_be(string member, string fault)
    {
        foreach (var environment in new[] { "Testing", "Development", "Production" })
        {
            await using var app = await SmallApp.StartAsync(Orders.Map, builder =>
            {
                builder.Environment.EnvironmentName = environment;
                builder.Configuration["SECRET_KEY"] = SmallApp.StrongSecret;
            });
            var name = member.Trim().Split('"')[1];
            var json = name switch
            {
                "price" => $$"""{"customer_name":"Ada",{{member}},"items":[]}""",
                "customer_name" => $$"""{ {{member}},"price":1,"items":[]}""",
                "items" => $$"""{"customer_name":"Ada","price":1,{{member}}}""",
                _ => $$"""{"customer_name":"Ada","price":1,"items":[],{{member}}}""",
            };
            var answer = (await app.SendAsync("POST", "/orders", json)).IsError(400);
            Assert.Equal([fault], answer.Faults);
            Assert.Equal(fault + ".", answer.Message);
        }
    }

    [Fact]
    public async Task Every_fault_of_a_body_comes_in_one_answer()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders", """{"price":"x","items":[{"product_title":null,"count":1,"extra":1}],"gift":0}""")).IsError(400);
        Assert.Equal(
            ["customer_name is required", "gift must be true or false", "items[0].extra is not a member of this object",
                "items[0].product_title must not be null", "price must be a number"],
            answer.Faults);
    }

    [Fact]
    public async Task Faults_of_the_query_and_of_the_body_come_together()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders/3/lines?dry_run=perhaps", """{"product_title":1}""")).IsError(400);
        Assert.Equal(["count is required", "dry_run must be true or false", "product_title must be text"], answer.Faults);
    }

    [Theory]
    [InlineData("", "The body is empty; this address wants JSON.")]
    [InlineData("  \n", "The body is empty; this address wants JSON.")]
    [InlineData("null", "The body must be a JSON object.")]
    [InlineData("[]", "The body must be a JSON object.")]
    [InlineData("\"x\"", "The body must be a JSON object.")]
    [InlineData("5", "The body must be a JSON object.")]
    [InlineData("{\"customer_name\":", "The body is not valid JSON: line 1, position 18.")]
    [InlineData("{\n  \"customer_name\": tru\n}", "The body is not valid JSON: line 2, position 23.")]
    [InlineData("{} {}", "The body is not valid JSON: line 1, position 4.")]
    public async Task A_body_that_is_no_object_says_so(string json, string message)
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        Assert.Equal(message, (await app.SendAsync("POST", "/orders", json)).IsError(400).Message);
    }

    [Fact]
    public async Task A_list_may_be_what_is_wanted()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        Assert.Equal("The body must be a JSON list.", (await app.SendAsync("POST", "/lists", "{}")).IsError(400).Message);
        Assert.Equal(["[1].count must be a whole number"],
            (await app.SendAsync("POST", "/lists", """[{"product_title":"a","count":1},{"product_title":"a","count":"b"}]""")).IsError(400).Faults);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_are_refused()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        Assert.Equal("The body is not UTF-8: line 1, position 20.",
            (await app.SendAsync("POST", "/orders", [.. "{\"customer_name\":\"a\""u8[..19], 0xC0, 0xAF, .. "\"}"u8])).IsError(400).Message);
        (await app.SendAsync("POST", "/orders", Encoding.Unicode.GetBytes(Good))).IsError(400);
        (await app.SendAsync("POST", "/orders", Encoding.Unicode.GetBytes(Good), "application/json; charset=utf-16")).IsError(415);
        Assert.Equal(200, (await app.SendAsync("POST", "/orders", Good, "application/json; charset=\"utf-8\"")).Status);
        Assert.Equal(200, (await app.SendAsync("POST", "/orders", Good, "application/json;charset=UTF-8")).Status);
        Assert.Contains((await app.SendAsync("POST", "/orders", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Good)])).Status, new[] { 200, 400 });
    }

    [Fact]
    public async Task A_body_too_deep_says_how_deep_it_may_be()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders", new string('[', 50_000))).IsError(400);
        Assert.StartsWith("The body is nested deeper than 32 levels", answer.Message, StringComparison.Ordinal);
        answer = (await app.SendAsync("POST", "/orders", """{"items":""" + new string('[', 40) + new string(']', 40) + "}")).IsError(400);
        Assert.StartsWith("The body is nested deeper than 32 levels", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "price":"y","items":[],"gift":7 """, "price is not valid")]
    [InlineData(""" "price":1,"items":[],"role":1 """, "role is not a member of this object")]
    [InlineData(""" "price":1,"items":[],"price":2 """, "price appears twice")]
    [InlineData(""" "price":1,"items":null """, "items must not be null")]
    [InlineData(""" "gift":true """, "items is required", "price is required")]
    [InlineData(""" "price":1,"items":[{"count":1}] """, "items[0].product_title is required")]
    [InlineData(""" "price":-1,"items":[] """, "customer_name must have 2 to 20 characters", "price must be from 0 to 1000000")]
    public async Task A_large_body_still_names_its_first_fault(string rest, params string[] faults)
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        Assert.Equal(faults, (await app.SendAsync("POST", "/orders", $$"""{"customer_name":"{{new string('x', 300_000)}}",{{rest}}}""")).IsError(400).Faults);
    }

    [Fact]
    public async Task A_large_body_that_is_no_json_says_where()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders", $$"""{"customer_name":"{{new string('x', 100_000)}}","price":}""")).IsError(400);
        Assert.Equal("The body is not valid JSON: line 1, position 100029.", answer.Message);
        Assert.Equal("The body must be a JSON object.", (await app.SendAsync("POST", "/orders", $"""["{new string('x', 100_000)}"]""")).IsError(400).Message);
    }

    [Fact]
    public async Task A_thousand_faults_make_a_short_answer()
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = (await app.SendAsync("POST", "/orders", "{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"x{i}\":1")) + "}")).IsError(400);
        Assert.True(answer.Body.Length < 5_000);
    }

    [Theory]
    [InlineData("price", "0.30")]
    [InlineData("price", "-0")]
    [InlineData("price", "79228162514264337593543950335")]
    [InlineData("price", "1.5e3")]
    [InlineData("weight", "0.30000000000000004")]
    [InlineData("weight", "1e308")]
    [InlineData("weight", "9007199254740992")]
    [InlineData("weight", "0.1")]
    [InlineData("big", "9007199254740993")]
    public async Task A_number_comes_back_as_it_was_sent(string name, string number)
    {
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/", (Numbers numbers) => TypedResults.Ok(numbers)));
        var answer = await app.SendAsync("POST", "/", $$"""{"{{name}}":{{number}}}""");
        Assert.Equal(200, answer.Status);
        var kept = answer.Json.GetProperty(name);
        Assert.True(name switch
        {
            "price" => kept.GetDecimal() == decimal.Parse(number, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture),
            "weight" => kept.GetDouble().Equals(double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)),
            _ => kept.GetRawText() == number,
        });
    }

    [Theory]
    [InlineData("2026-05-28T23:30:00+14:00", "2026-05-28T09:30:00.0000000Z")]
    [InlineData("2026-05-28T09:30:00-00:00", "2026-05-28T09:30:00.0000000Z")]
    [InlineData("2024-02-29T00:00:00.1234567Z", "2024-02-29T00:00:00.1234567Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.0000000Z")]
    public async Task Timestamps_come_back_in_utc(string sent, string kept)
    {
        await using var app = await SmallApp.StartAsync(Orders.Map);
        var answer = await app.SendAsync("POST", "/orders", Good[..^1] + $$""","due_at":"{{sent}}"}""");
        Assert.Equal(kept, answer.Json.GetProperty("due_at").GetString());
    }

    public record Numbers(decimal Price = 0, double Weight = 0, long Big = 0);
}
