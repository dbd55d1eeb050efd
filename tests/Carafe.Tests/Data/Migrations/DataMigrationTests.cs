using Carafe.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data.Migrations;

/// <summary>Rows that are changed in C#, batch by batch.</summary>
public class DataMigrationTests
{
    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task One_that_breaks_in_the_middle_goes_on_where_it_was_and_runs_once(string kind)
    {
        var breaker = new Breaker { At = 4 };
        await using var server = await Shop.StartAsync(
            kind, builder => builder.Services.AddDataMigration<ShopDb>("upper", (db, batch, stop) => UpperAsync(db, batch, breaker, stop)));
        await server.SeedAsync(db => Task.Run(() => db.Items.AddRange(Enumerable.Range(0, 7).Select(number => new Item { Name = $"item {number}" }))));

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(server));
        Assert.Equal(["ITEM 0", "ITEM 1", "ITEM 2", "ITEM 3", "item 4", "item 5", "item 6"], await NamesAsync(server));
        breaker.At = -1;
        Assert.EndsWith("upper: done\n", await RunAsync(server), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 7).Select(number => $"ITEM {number}"), await NamesAsync(server));
        Assert.Equal(7, breaker.Changed);
        Assert.Equal("upper: done\n", await RunAsync(server));
        Assert.Equal(7, breaker.Changed);
    }

    // Two rows a batch, whatever the size.
    private static async Task<string?> UpperAsync(ShopDb db, DataBatch batch, Breaker breaker, CancellationToken stop)
    {
        var after = int.Parse(batch.After ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var rows = await db.Items.Where(item => item.Id > after).OrderBy(item => item.Id).Take(2).ToListAsync(stop);
        foreach (var row in rows)
        {
            if (row.Name == $"item {breaker.At}")
            {
                throw new InvalidOperationException("Broken.");
            }

            row.Name = row.Name.ToUpperInvariant();
        }

        await db.SaveChangesAsync(stop);
        breaker.Changed += rows.Count;
        return rows.Count == 0 ? null : rows[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> RunAsync(TestApp server)
    {
        await using var output = new StringWriter();
        await new Carafe.Data.Transfer.DataMigrations<ShopDb>(server.Services, output).RunAsync(TestContext.Current.CancellationToken);
        return output.ToString();
    }

    private static async Task<string[]> NamesAsync(TestApp server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ShopDb>().Items.OrderBy(item => item.Id).Select(item => item.Name).ToArrayAsync();
    }

    private sealed class Breaker
    {
        public int At { get; set; }

        public int Changed { get; set; }
    }
}
