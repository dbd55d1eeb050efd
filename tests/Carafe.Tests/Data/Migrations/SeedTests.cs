using Carafe.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data.Migrations;

public class SeedTests
{
    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_seed_whose_second_save_fails_leaves_nothing(string kind)
    {
        await using var server = await Shop.StartAsync(kind);
        var url = server.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Carafe.Commands.CommandLine.RunAsync(["db", "seed"], (args, configure) => Shop.Create(["--environment", "Testing"], builder =>
        {
            configure?.Invoke(builder);
            builder.Configuration["DATABASE_URL"] = url;
            builder.Services.AddSeed<ShopDb>(async (db, _, stop) =>
            {
                db.Items.Add(new Item { Name = "one" });
                await db.SaveChangesAsync(stop);
                db.Items.Add(new Item { Name = "one" });
                await db.SaveChangesAsync(stop);
                return "Two items.";
            });
        }), output, error);

        Assert.Equal(1, code);
        await using var scope = server.Services.CreateAsyncScope();
        Assert.Equal(0, await scope.ServiceProvider.GetRequiredService<ShopDb>().Items.CountAsync(TestContext.Current.CancellationToken));
    }
}
