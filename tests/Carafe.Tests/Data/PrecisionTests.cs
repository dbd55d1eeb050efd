using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tests.Data;

public sealed class PrecisionTests
{
    public sealed record Priced(string Name, decimal Price);

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_decimal_that_its_column_cannot_hold_is_400_and_names_the_member(string database)
    {
        await using var server = await Shop.StartAsync(database, map: app => app.MapPost("/priced", Add));
        foreach (var price in (decimal[])[1.005m, 0.001m, -1.005m, 10_000_000_000m, -10_000_000_000m, decimal.MaxValue])
        {
            using var refused = await server.SendAsync(HttpMethod.Post, "/priced", new { name = $"pen {price}", price });
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var error = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.Equal("must have at most 10 digits before the decimal point and 2 after it.",
                error.GetProperty("errors").GetProperty("price")[0].GetString());
        }

        foreach (var price in (decimal[])[0m, 1.5m, 1.500m, 9_999_999_999.99m, -9_999_999_999.99m])
        {
            using var taken = await server.SendAsync(HttpMethod.Post, "/priced", new { name = $"ink {price}", price });
            Assert.Equal(price, (await taken.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetDecimal());
        }
    }

    private static async Task<Ok<decimal>> Add(Priced body, ShopDb db)
    {
        var item = db.Items.Add(new Item { Name = body.Name, Price = body.Price }).Entity;
        await db.SaveChangesAsync();
        return TypedResults.Ok(item.Price);
    }
}
