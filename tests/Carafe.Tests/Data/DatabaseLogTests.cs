using Carafe.Tests.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Data;

/// <summary>What the database writes into the log where nobody has set a level, and what stops a start.</summary>
public class DatabaseLogTests
{
    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_request_writes_no_SQL_into_the_log(string kind)
    {
        using var log = new LogLines();
        await using var shop = await Shop.StartAsync(kind, builder => builder.Logging.AddProvider(log));
        await shop.SendAsync(HttpMethod.Post, "/items", new { name = "Cup" });
        await shop.Client.GetAsync("/items", TestContext.Current.CancellationToken);
        Assert.DoesNotContain(log.From(LogLevel.Information), line => line.Contains("SELECT", StringComparison.Ordinal)
            || line.Contains("INSERT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_query_that_breaks_is_logged_once(string kind)
    {
        using var log = new LogLines();
        await using var shop = await Shop.StartAsync(
            kind,
            builder => builder.Logging.AddProvider(log),
            app => app.MapGet("/broken", (ShopDb db) => db.Items.FromSqlRaw("SELECT * FROM nowhere").AsNoTracking().ToListAsync()));
        Assert.Equal(500, (int)(await shop.Client.GetAsync("/broken", TestContext.Current.CancellationToken)).StatusCode);
        Assert.StartsWith("Carafe.ErrorHandling.ApiExceptionHandler: ", Assert.Single(log.From(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestDatabase.Postgres, "begin")]
    [InlineData(TestDatabase.Postgres, "query")]
    [InlineData(TestDatabase.Postgres, "save")]
    [InlineData(TestDatabase.Postgres, "commit")]
    [InlineData(TestDatabase.Sqlite, "begin")]
    [InlineData(TestDatabase.Sqlite, "query")]
    [InlineData(TestDatabase.Sqlite, "save")]
    [InlineData(TestDatabase.Sqlite, "commit")]
    public async Task Work_that_is_cancelled_is_no_error_of_the_server(string kind, string at)
    {
        using var log = new LogLines();
        await using var shop = await Shop.StartAsync(kind, builder => builder.Logging.AddProvider(log),
            app => app.MapPost("/cancelled", (ShopDb db) => CancelAsync(db, at)));
        Assert.Equal(204, (int)(await shop.SendAsync(HttpMethod.Post, "/cancelled")).StatusCode);
        Assert.Empty(log.From(LogLevel.Warning));
    }

    private static async Task<IResult> CancelAsync(ShopDb db, string at)
    {
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token("begin"));
            await db.Items.AsNoTracking().ToListAsync(Token("query"));
            db.Items.Add(new Item { Name = "Cup" });
            await db.SaveChangesAsync(Token("save"));
            await transaction.CommitAsync(Token("commit"));
            return TypedResults.Ok();
        }
        catch (OperationCanceledException)
        {
            return TypedResults.NoContent();
        }

        CancellationToken Token(string step) => new(canceled: step == at);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_query_for_each_row_is_reported_once_in_Development(string kind)
    {
        using var log = new LogLines();
        await using var shop = await TestApp.StartAsync(
            (_, configure) => Shop.Create(["--environment", "Development"], configure, app => app.MapGet("/each", ReadEachAsync)),
            builder => builder.Logging.AddProvider(log),
            await TestDatabase.CreateAsync(kind));
        await shop.Client.GetAsync("/each?rows=19", TestContext.Current.CancellationToken).Expect(200);
        Assert.DoesNotContain(log.From(LogLevel.Warning), text => text.Contains("runs one query", StringComparison.Ordinal));
        await shop.Client.GetAsync("/each?rows=40", TestContext.Current.CancellationToken).Expect(200);
        await shop.Client.GetAsync("/each?rows=40", TestContext.Current.CancellationToken).Expect(200);
        var line = Assert.Single(log.From(LogLevel.Warning), text => text.Contains("runs one query", StringComparison.Ordinal));
        Assert.Contains("HTTP: GET /each => ReadEachAsync runs one query 20 times", line, StringComparison.Ordinal);
        Assert.Contains("FROM items", line.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task ReadEachAsync(ShopDb db, int rows)
    {
        for (var id = 1; id <= rows; id++)
        {
            await db.Items.Where(item => item.Id == id).AsNoTracking().ToListAsync();
        }
    }

    [Fact]
    public void An_app_has_one_database_and_is_told_so_where_it_adds_another()
    {
        var services = new ServiceCollection().AddDatabase<ShopDb>();
        var fault = Assert.Throws<InvalidOperationException>(() => services.AddDatabase<OtherDb>());
        Assert.StartsWith("AddDatabase<OtherDb>() follows AddDatabase<ShopDb>()", fault.Message, StringComparison.Ordinal);
    }

    private sealed class OtherDb(DbContextOptions<OtherDb> options) : DbContext(options);
}
