using MySqlConnector;
using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

public sealed class WriteTests
{
    [Fact]
    public async Task Generated_keys_come_back_in_order_of_a_large_batch()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await using var db = make();
        var blogs = Enumerable.Range(1, 350).Select(number => new Blog { Name = $"{number}" }).ToList();
        db.AddRange(blogs);
        await db.SaveChangesAsync(Stop);
        var stored = await db.Blogs.AsNoTracking().ToDictionaryAsync(blog => blog.Id, blog => blog.Name, Stop);
        Assert.All(blogs, blog => Assert.Equal(blog.Name, stored[blog.Id]));
    }

    [Fact]
    public async Task Keys_are_read_behind_the_insert_where_the_server_returns_nothing()
    {
        // What is sent to MySQL; MariaDB takes it as well.
        var server = await MariaDbServer.SharedAsync();
        var connection = server.ConnectionString(await server.CreateDatabaseAsync());
        await using (var created = TestContext<BlogDb>.Make(connection))
        {
            await created.Database.EnsureCreatedAsync(Stop);
        }

        await using var open = new MySqlConnection(connection);
        await open.OpenAsync(Stop);
        await using var db = new BlogDb(new DbContextOptionsBuilder<BlogDb>().UseMySql(open, mysql => mysql.ServerVersion("8.0.36")).Options);
        db.AddRange(new Blog { Name = "a" }, new Blog { Name = "b" });
        await db.SaveChangesAsync(Stop);
        Assert.Equal(["a", "b"], await db.Blogs.OrderBy(blog => blog.Id).Select(blog => blog.Name).ToListAsync(Stop));
        Assert.Equal([1, 2], db.ChangeTracker.Entries<Blog>().Select(entry => entry.Entity.Id).Order());
    }

    [Fact]
    public async Task A_row_that_somebody_else_changed_is_not_overwritten_and_an_unchanged_one_is_no_conflict()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await FillAsync(make);
        await using var one = make();
        await using var other = make();
        var (mine, theirs) = (await one.Posts.FirstAsync(Stop), await other.Posts.FirstAsync(Stop));
        one.Entry(mine).Property(post => post.Title).IsModified = true;
        await one.SaveChangesAsync(Stop);
        (mine.Title, mine.Version) = ("mine", 1);
        await one.SaveChangesAsync(Stop);
        (theirs.Title, theirs.Version) = ("theirs", 1);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync(Stop));
        Assert.Equal("mine", (await make().Posts.SingleAsync(post => post.Id == mine.Id, Stop)).Title);
        one.Remove(mine);
        await one.SaveChangesAsync(Stop);
        other.ChangeTracker.Clear();
        other.Remove(theirs);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync(Stop));
    }

    [Fact]
    public async Task Rows_are_updated_and_deleted_where_they_are()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        var blogs = await FillAsync(make);
        var posts = blogs.SelectMany(blog => blog.Posts).ToList();
        await using var db = make();
        await using var transaction = await db.Database.BeginTransactionAsync(Stop);
        Assert.Equal(posts.Count(post => post.Likes > 3), await db.Posts.Where(post => post.Likes > 3)
            .ExecuteUpdateAsync(set => set.SetProperty(post => post.Title, post => post.Title + "!").SetProperty(post => post.Score, (int?)null), Stop));
        Assert.Equal(posts.Count(post => post.Likes > 3), await db.Posts.CountAsync(post => post.Title.EndsWith("!") && post.Score == null, Stop));
        // By a related row, with a limit, of itself, by a set.
        Assert.Equal(4, await db.Posts.Where(post => post.Blog.Name == "Beta").Join(db.Blogs, post => post.BlogId, blog => blog.Id, (post, blog) =>
            new { post, blog })
            .ExecuteUpdateAsync(set => set.SetProperty(pair => pair.post.Note, pair => pair.blog.Name), Stop));
        Assert.Equal(4, await db.Posts.CountAsync(post => post.Note == "Beta", Stop));
        Assert.Equal(3, await db.Posts.OrderBy(post => post.Id).Take(3).ExecuteUpdateAsync(set => set.SetProperty(post => post.Note, "first")
            .SetProperty(post => post.Likes, post => post.Likes + 1), Stop));
        Assert.Equal(2, await db.Posts.OrderByDescending(post => post.Id).Skip(1).Take(2).ExecuteDeleteAsync(Stop));
        Assert.Equal(2, await db.Posts.Where(post => post.Blog.Name == "O'Neil \\").ExecuteDeleteAsync(Stop));
        Assert.Equal(1, await db.Posts.Where(post => post.Id == db.Posts.Max(other => other.Id)).ExecuteDeleteAsync(Stop));
        Assert.Equal(0, await db.Posts.Where(post => db.Posts.Where(other => other.Likes > 1000).Select(other => other.Id).Contains(post.Id))
            .ExecuteDeleteAsync(Stop));
        var ids = new[] { 1, 2, 3 };
        Assert.Equal(3, await db.Posts.Where(post => ids.Contains(post.Id)).ExecuteDeleteAsync(Stop));
        Assert.Equal(12, await db.Posts.CountAsync(Stop));
        await transaction.RollbackAsync(Stop);
    }

    [Fact]
    public async Task Rows_whose_key_has_two_columns_are_changed_and_deleted_by_a_page_of_their_own_table()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await using var db = make();
        db.AddRange(Enumerable.Range(1, 6).Select(number => new Slot { Row = number / 4, Column = number, Label = $"{number}" }));
        await db.SaveChangesAsync(Stop);
        Assert.Equal(2, await db.Slots.OrderBy(slot => slot.Column).Skip(1).Take(2).ExecuteDeleteAsync(Stop));
        Assert.Equal(1, await db.Slots.OrderBy(slot => slot.Column).Take(1).ExecuteUpdateAsync(set => set.SetProperty(slot => slot.Label, "first"), Stop));
        Assert.Equal(2, await db.Slots.Where(slot => db.Slots.Any(other => other.Row == slot.Row && other.Column > slot.Column)).ExecuteDeleteAsync(Stop));
        Assert.Equal(["first", "6"], await db.Slots.OrderBy(slot => slot.Column).Select(slot => slot.Label).ToListAsync(Stop));
    }

    [Fact]
    public async Task Assignments_of_an_update_see_the_row_as_it_was()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await FillAsync(make);
        await using var db = make();
        var before = await db.Posts.AsNoTracking().FirstAsync(Stop);
        await db.Posts.Where(post => post.Id == before.Id).ExecuteUpdateAsync(set => set
            .SetProperty(post => post.Likes, post => post.Likes + 100).SetProperty(post => post.Score, post => post.Likes), Stop);
        var after = await db.Posts.AsNoTracking().SingleAsync(post => post.Id == before.Id, Stop);
        Assert.Equal((before.Likes + 100, before.Likes), (after.Likes, after.Score));
        var swap = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Posts.ExecuteUpdateAsync(set => set
            .SetProperty(post => post.Likes, post => post.BlogId).SetProperty(post => post.BlogId, post => post.Likes), Stop));
        Assert.Contains("old values", swap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_violation_has_the_number_and_names_the_constraint()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await FillAsync(make);
        await using var db = make();
        db.Add(new Blog { Name = "alpha" });
        Assert.Contains("ix_blog_name", (await FailAsync(db, MySqlErrorCode.DuplicateKeyEntry)).Message, StringComparison.Ordinal);
        db.Add(new Post { BlogId = 12345 });
        Assert.Contains("FK_Posts_Blogs_BlogId", (await FailAsync(db, MySqlErrorCode.NoReferencedRow2)).Message, StringComparison.Ordinal);
        db.Add(new Blog { Name = "new", Rank = 1000 });
        Assert.Contains("ck_rank", (await FailAsync(db, (MySqlErrorCode)4025)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_savepoint_takes_back_what_came_behind_it()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await using var db = make();
        await using (var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, Stop))
        {
            db.Add(new Blog { Name = "kept" });
            await db.SaveChangesAsync(Stop);
            db.Add(new Blog { Name = "kept" });
            await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Stop));
            db.ChangeTracker.Clear();
            await transaction.CreateSavepointAsync("here", Stop);
            db.Add(new Blog { Name = "lost" });
            await db.SaveChangesAsync(Stop);
            await transaction.RollbackToSavepointAsync("here", Stop);
            await transaction.CommitAsync(Stop);
        }

        Assert.Equal(["kept"], await make().Blogs.Select(blog => blog.Name).ToListAsync(Stop));
    }

    [Fact]
    public async Task A_statement_ends_on_the_server_when_it_is_cancelled_or_takes_too_long()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await using var db = make();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => db.Database.ExecuteSqlRawAsync("SELECT SLEEP(60) /* cancelled */", soon.Token));
        db.Database.SetCommandTimeout(1);
        await Assert.ThrowsAsync<MySqlException>(() => db.Database.ExecuteSqlRawAsync("SELECT SLEEP(60) /* late */", Stop));
        Assert.Equal(0, await db.Database.SqlQueryRaw<int>(
            "SELECT COUNT(*) AS Value FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(60)%' AND db = DATABASE()").SingleAsync(Stop));
    }

    private static async Task<MySqlException> FailAsync(DbContext db, MySqlErrorCode code)
    {
        var error = Assert.IsType<MySqlException>((await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Stop))).InnerException);
        Assert.Equal(code, error.ErrorCode);
        db.ChangeTracker.Clear();
        return error;
    }
}
