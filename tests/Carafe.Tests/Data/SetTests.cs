using Carafe.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>A row of a set is added once and removed once, however many callers do so at the same time.</summary>
public class SetTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite, "likes")]
    [InlineData(TestDatabase.Sqlite, "votes")]
    [InlineData(TestDatabase.Sqlite, "genres")]
    [InlineData(TestDatabase.Postgres, "likes")]
    [InlineData(TestDatabase.Postgres, "votes")]
    [InlineData(TestDatabase.Postgres, "genres")]
    [InlineData(TestDatabase.MariaDb, "likes")]
    [InlineData(TestDatabase.MariaDb, "votes")]
    [InlineData(TestDatabase.MariaDb, "genres")]
    public async Task Of_fifty_that_add_or_remove_at_once_one_does_and_none_fails(string database, string set)
    {
        await using var server = await StartAsync(database);
        for (var round = 0; round < 2; round++)
        {
            var added = await AllAsync(server, HttpMethod.Put, $"/{set}/1/1");
            Assert.Equal(1, added.Count(done => done));
            Assert.Equal(1, await server.Client.GetFromJsonAsync<int>($"/{set}", Stop));
            var removed = await AllAsync(server, HttpMethod.Delete, $"/{set}/1/1");
            Assert.Equal(1, removed.Count(done => done));
            Assert.Equal(0, await server.Client.GetFromJsonAsync<int>($"/{set}", Stop));
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    [InlineData(TestDatabase.MariaDb)]
    public async Task Each_pair_is_a_row_of_its_own(string database)
    {
        await using var server = await StartAsync(database);
        await server.SendAsync(HttpMethod.Put, "/likes/1/1").Expect(200);
        await server.SendAsync(HttpMethod.Put, "/likes/1/2").Expect(200);
        await server.SendAsync(HttpMethod.Put, "/likes/2/1").Expect(200);
        await server.SendAsync(HttpMethod.Delete, "/likes/1/1").Expect(200);
        Assert.Equal(2, await server.Client.GetFromJsonAsync<int>("/likes", Stop));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    [InlineData(TestDatabase.MariaDb)]
    public async Task What_a_row_refers_to_must_be_there(string database)
    {
        await using var server = await StartAsync(database);
        await server.SendAsync(HttpMethod.Put, "/likes/1/99").ExpectError(409);
        Assert.Equal(0, await server.Client.GetFromJsonAsync<int>("/likes", Stop));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    [InlineData(TestDatabase.MariaDb)]
    public async Task A_row_is_stamped_and_checked_as_one_that_is_saved(string database)
    {
        await using var server = await StartAsync(database);
        await server.SendAsync(HttpMethod.Put, "/likes/1/1?note=good").Expect(200);
        await server.SendAsync(HttpMethod.Put, "/likes/1/2?note=far+too+long").ExpectError(400, "note");
        await server.WithAsync<SetDb>(async db =>
        {
            var like = await db.Likes.AsNoTracking().SingleAsync(Stop);
            Assert.Equal("good", like.Note);
            Assert.InRange(like.CreatedAt, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(500));
        });
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    [InlineData(TestDatabase.MariaDb)]
    public async Task A_transaction_takes_back_what_was_added(string database)
    {
        await using var server = await StartAsync(database);
        await server.WithAsync<SetDb>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Stop);
            Assert.True(await db.Likes.AddIfAbsentAsync(new Like { ReaderId = 1, BookId = 1 }, Stop));
            Assert.False(await db.Likes.AddIfAbsentAsync(new Like { ReaderId = 1, BookId = 1 }, Stop));
            await transaction.RollbackAsync(Stop);
        });
        Assert.Equal(0, await server.Client.GetFromJsonAsync<int>("/likes", Stop));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    [InlineData(TestDatabase.MariaDb)]
    public async Task A_value_that_another_row_has_alone_is_a_conflict(string database)
    {
        await using var server = await StartAsync(database);
        await server.SendAsync(HttpMethod.Put, "/likes/1/1?seal=a").Expect(200);
        Assert.False(await (await server.SendAsync(HttpMethod.Put, "/likes/1/1?seal=b")).Content.ReadFromJsonAsync<bool>(Stop));
        await server.SendAsync(HttpMethod.Put, "/likes/1/2?seal=a").ExpectError(409);
        Assert.Equal(1, await server.Client.GetFromJsonAsync<int>("/likes", Stop));
    }

    [Fact]
    public async Task A_table_without_columns_that_tell_its_rows_apart_is_refused()
    {
        await using var server = await StartAsync(TestDatabase.Sqlite);
        await server.WithAsync<SetDb>(async db =>
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Books.AddIfAbsentAsync(new Volume { Title = "a" }, Stop));
            Assert.Contains("Volume has a generated key and 0 unique indexes", error.Message, StringComparison.Ordinal);
        });
    }

    private static async Task<bool[]> AllAsync(TestApp server, HttpMethod method, string path) =>
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var response = await server.SendAsync(method, path);
            Assert.Equal(200, (int)response.StatusCode);
            return await response.Content.ReadFromJsonAsync<bool>(Stop);
        }));

    private static async Task<TestApp> StartAsync(string database)
    {
        var server = await SmallApp.StartAsync(Map, builder => builder.Services.AddMySql().AddDatabase<SetDb>(), await TestDatabase.CreateAsync(database));
        await server.WithAsync<SetDb>(async db =>
        {
            db.AddRange(new Reader(), new Reader(), new Volume { Title = "a" }, new Volume { Title = "b" }, new Genre());
            await db.SaveChangesAsync(Stop);
        });
        return server;
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/likes", (SetDb db) => db.Likes.CountAsync());
        app.MapPut("/likes/{reader:int}/{book:int}", (int reader, int book, string? note, string? seal, SetDb db) =>
            db.Likes.AddIfAbsentAsync(new Like { ReaderId = reader, BookId = book, Note = note, Seal = seal }));
        app.MapDelete("/likes/{reader:int}/{book:int}", (int reader, int book, SetDb db) =>
            db.Likes.RemoveAsync(new Like { ReaderId = reader, BookId = book }));
        app.MapGet("/votes", (SetDb db) => db.Votes.CountAsync());
        app.MapPut("/votes/{reader:int}/{book:int}", (int reader, int book, SetDb db) =>
            db.Votes.AddIfAbsentAsync(new Vote { ReaderId = reader, BookId = book }));
        app.MapDelete("/votes/{reader:int}/{book:int}", (int reader, int book, SetDb db) =>
            db.Votes.RemoveAsync(new Vote { ReaderId = reader, BookId = book }));
        app.MapGet("/genres", (SetDb db) => db.Genres.CountAsync());
        app.MapPut("/genres/{genre:int}/{book:int}", (int genre, int book, SetDb db) =>
            db.Genres.AddIfAbsentAsync(new() { ["GenresId"] = genre, ["VolumesId"] = book }));
        app.MapDelete("/genres/{genre:int}/{book:int}", (int genre, int book, SetDb db) =>
            db.Genres.RemoveAsync(new() { ["GenresId"] = genre, ["VolumesId"] = book }));
    }
}

internal sealed class SetDb(DbContextOptions<SetDb> options) : DbContext(options)
{
    public DbSet<Volume> Books => Set<Volume>();

    public DbSet<Like> Likes => Set<Like>();

    public DbSet<Vote> Votes => Set<Vote>();

    public DbSet<Dictionary<string, object>> Genres => Set<Dictionary<string, object>>("GenreVolume");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Reader>();
        modelBuilder.Entity<Genre>();
        modelBuilder.Entity<Like>(like =>
        {
            like.HasKey(row => new { row.ReaderId, row.BookId });
            like.Property(row => row.Note).HasMaxLength(5);
            like.Property(row => row.Seal).HasMaxLength(5);
            like.HasIndex(row => row.Seal).IsUnique();
            like.HasOne<Volume>().WithMany().HasForeignKey(row => row.BookId);
            like.HasOne<Reader>().WithMany().HasForeignKey(row => row.ReaderId);
        });
        modelBuilder.Entity<Vote>().HasIndex(row => new { row.ReaderId, row.BookId }).IsUnique();
    }
}

internal sealed class Reader
{
    public int Id { get; set; }
}

internal sealed class Volume
{
    public int Id { get; set; }

    public required string Title { get; set; }

    public List<Genre> Genres { get; } = [];
}

internal sealed class Genre
{
    public int Id { get; set; }

    public List<Volume> Volumes { get; } = [];
}

internal sealed class Like : ICreated
{
    public int ReaderId { get; set; }

    public int BookId { get; set; }

    public string? Note { get; set; }

    public string? Seal { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class Vote
{
    public int Id { get; set; }

    public int ReaderId { get; set; }

    public int BookId { get; set; }
}
