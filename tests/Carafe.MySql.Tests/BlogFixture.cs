namespace Carafe.MySql.Tests;

/// <summary>A database that no test changes, and the same rows in memory.</summary>
internal static class BlogFixture
{
    private static readonly Lazy<Task<(Func<BlogDb> Make, List<Blog> Rows)>> Shared = new(async () =>
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        return (make, await FillAsync(make));
    });

    public static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    public static async Task<List<Blog>> FillAsync(Func<BlogDb> make)
    {
        await using var db = make();
        var blogs = BlogDb.Sample();
        db.AddRange(blogs);
        await db.SaveChangesAsync(Stop);
        return blogs;
    }

    /// <summary>Runs a query on the database and on the rows in memory, which have to give the same.</summary>
    public static async Task SameAsync<T>(Func<IQueryable<Blog>, IQueryable<Post>, IQueryable<T>> query, bool ordered = true)
    {
        var (make, rows) = await Shared.Value;
        await using var db = make();
        var expected = query(rows.AsQueryable(), rows.SelectMany(blog => blog.Posts).AsQueryable()).ToList();
        var actual = await query(db.Blogs.AsNoTracking(), db.Posts.AsNoTracking()).ToListAsync(Stop);
        if (!ordered)
        {
            expected = [.. expected.Order()];
            actual = [.. actual.Order()];
        }

        Assert.NotEmpty(expected);
        Assert.Equal(expected, actual);
    }

    public static async Task<BlogDb> OpenAsync() => (await Shared.Value).Make();
}
