using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

/// <summary>Queries mean what the same LINQ means on objects.</summary>
public sealed class QueryTests
{
    [Fact]
    public Task Text_is_searched_and_cut() => SameAsync((_, posts) => posts.OrderBy(post => post.Id).Select(post => new
    {
        post.Title.Length,
        Upper = post.Title.ToUpper(),
        Lower = post.Title.ToLower(),
        Starts = post.Title.StartsWith("a_b"),
        StartsLower = post.Title.StartsWith("hello"),
        Ends = post.Title.EndsWith("1"),
        Has = post.Title.Contains("%c"),
        HasChar = post.Title.Contains('w'),
        At = post.Title.IndexOf("l"),
        AtFrom = post.Title.IndexOf("l", 3),
        Part = post.Title.Substring(1, 2),
        Rest = post.Title.Substring(2),
        Replaced = post.Title.Replace("l", "L"),
        Trimmed = post.Title.Trim(),
        Start = post.Title.TrimStart(),
        End = post.Title.TrimEnd(),
        Digits = post.Title.TrimEnd('0', '1'),
        First = post.Title.FirstOrDefault(),
        Last = post.Title.LastOrDefault(),
        Joined = post.Title + "|" + (post.Note ?? "-") + post.Likes,
        Number = post.Likes.ToString(),
        NoNumber = post.Score.ToString(),
        Empty = string.IsNullOrEmpty(post.Note),
        Blank = string.IsNullOrWhiteSpace(post.Note),
        Public = post.IsPublic.ToString(),
    }));

    [Fact]
    public async Task A_missing_replacement_makes_nothing_and_an_empty_text_has_no_first_character()
    {
        await using var db = await OpenAsync();
        Assert.All(await db.Posts.Where(post => post.Note == null).Select(post => post.Title.Replace("#", post.Note)).ToListAsync(Stop), Assert.Null);
        Assert.Equal('\0', await db.Posts.Select(post => post.Title.Substring(0, 0).FirstOrDefault()).FirstAsync(Stop));
        await SameAsync((_, posts) => posts.Where(post => post.Title.FirstOrDefault() == 'H').Select(post => post.Id), ordered: false);
    }

    [Fact]
    public Task Numbers_are_calculated_as_in_csharp() => SameAsync((_, posts) => posts.OrderBy(post => post.Id).Select(post => new
    {
        Half = post.Likes / 2,
        Rest = post.Likes % 3,
        Negative = -post.Likes,
        Sum = post.Likes + post.Score,
        Cut = (int)post.Weight,
        CutMoney = (int)post.Price,
        Widened = (double)post.Likes / 2,
        And = post.Likes & 6,
        Or = post.Likes | 1,
        Xor = post.Likes ^ 3,
        Not = ~post.Likes,
        Absolute = Math.Abs(post.Likes),
        Floor = Math.Floor(post.Weight),
        Ceiling = Math.Ceiling(post.Price),
        Truncated = Math.Truncate(post.Weight),
        Root = Math.Round(Math.Sqrt(post.Weight), 6),
        Power = Math.Round(Math.Pow(post.Weight, 2), 6),
        Log = Math.Round(Math.Log(post.Weight + 1, 2), 6),
        Sign = Math.Sign(post.Likes),
        Greater = Math.Max(post.Likes, 3),
        Less = Math.Min(post.Likes, 3),
        Hot = post.Flags.HasFlag(Flags.Hot),
        Third = Math.Round(post.Price / 3, 10),
        Doubled = post.Price * 2,
    }));

    [Fact]
    public Task Dates_and_times_are_taken_apart_and_moved() => SameAsync((_, posts) => posts.OrderBy(post => post.Id).Select(post => new
    {
        post.At.Year,
        post.At.Month,
        post.At.Day,
        post.At.Hour,
        post.At.Minute,
        post.At.Second,
        post.At.Millisecond,
        post.At.DayOfYear,
        post.At.DayOfWeek,
        post.At.Date,
        NextYear = post.At.AddYears(1),
        NextMonth = post.At.AddMonths(1),
        Tomorrow = post.At.AddDays(1),
        Later = post.At.AddHours(1.5),
        Minutes = post.At.AddMinutes(-90),
        Seconds = post.At.AddSeconds(0.25),
        Milliseconds = post.At.AddMilliseconds(post.Likes),
        ByColumn = post.At.AddDays(post.Likes),
        Day2 = post.Day.AddMonths(1),
        post.Day.DayNumber,
        Weekday = post.Day.DayOfWeek,
        OfTime = DateOnly.FromDateTime(post.At),
        Clock = TimeOnly.FromDateTime(post.At),
        Together = post.Day.ToDateTime(post.Clock),
        ClockHour = post.Clock.Hour,
    }));

    [Fact]
    public async Task Rows_are_filtered_by_everything_that_can_be_compared()
    {
        var since = new DateTime(2024, 6, 1);
        var titles = new[] { "Hello1", "été\t4", "nothing" };
        int?[] scores = [1, null, 5];
        var none = Array.Empty<int>();
        await SameAsync((_, posts) => posts.Where(post => post.At >= since && post.Day > new DateOnly(2024, 3, 1) && post.Clock > new TimeOnly(3, 0))
            .Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => titles.Contains(post.Title)).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => !titles.Contains(post.Title)).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => scores.Contains(post.Score)).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => !none.Contains(post.Id)).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => post.Note == null || post.Score != post.Likes).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => post.IsPublic == (post.Note == null)).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => (post.Likes > 2) != post.IsPublic).Select(post => post.Id), ordered: false);
    }

    [Fact]
    public async Task Rows_are_joined_grouped_and_counted()
    {
        await SameAsync((blogs, _) => blogs.OrderBy(blog => blog.Id).Select(blog => new
        {
            blog.Name,
            Count = blog.Posts.Count,
            Likes = blog.Posts.Sum(post => post.Likes),
            Most = blog.Posts.Max(post => post.Price),
            Least = blog.Posts.Min(post => post.At),
            Average = Math.Round(blog.Posts.Average(post => post.Likes), 6),
            Any = blog.Posts.Any(post => post.Likes > 8),
            All = blog.Posts.All(post => post.Likes > -5),
            First = blog.Posts.OrderByDescending(post => post.Likes).ThenBy(post => post.Id).Select(post => post.Title).FirstOrDefault(),
        }));
        await SameAsync((_, posts) => posts.GroupBy(post => post.IsPublic).Select(group => new
        {
            group.Key,
            Count = group.Count(),
            Sum = group.Sum(post => post.Price),
            Public = group.Count(post => post.Likes > 3),
            Distinct = group.Select(post => post.BlogId).Distinct().Count(),
        }).OrderBy(group => group.Key));
        await SameAsync((_, posts) => posts.GroupBy(post => post.At.Month).Where(group => group.Count() > 1).OrderBy(group => group.Key)
            .Select(group => group.Key));
        await SameAsync((blogs, posts) => blogs.Join(posts, blog => blog.Id, post => post.BlogId, (blog, post) => blog.Name + post.Title), ordered: false);
        await SameAsync((blogs, _) => blogs.SelectMany(blog => blog.Posts.Where(post => post.Likes > 9)
            .DefaultIfEmpty(), (blog, post) => blog.Name + (post == null ? "-" : post.Title)), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => post.Labels.Any(tag => tag.Id == "y")).Select(post => post.Id), ordered: false);
    }

    [Fact]
    public async Task Sets_are_united_and_pages_are_taken()
    {
        await SameAsync((_, posts) => posts.Where(post => post.Likes > 5).Select(post => post.Id).Union(posts.Where(post => post.IsPublic)
            .Select(post => post.Id)), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => post.Likes > 0).Select(post => post.Id).Intersect(posts.Where(post => post.IsPublic)
            .Select(post => post.Id)), ordered: false);
        await SameAsync((_, posts) => posts.Select(post => post.Id).Except(posts.Where(post => post.IsPublic).Select(post => post.Id)
            .Union(posts.Where(post => post.Likes > 7).Select(post => post.Id))), ordered: false);
        await SameAsync((_, posts) => posts.Select(post => post.Likes).Concat(posts.Select(post => post.Id)), ordered: false);
        await SameAsync((_, posts) => posts.OrderBy(post => post.Likes).ThenBy(post => post.Id).Skip(3).Take(5).Select(post => post.Id));
        await SameAsync((_, posts) => posts.OrderBy(post => post.Id).Skip(15).Select(post => post.Id));
        await SameAsync((_, posts) => posts.Where(post => posts.OrderByDescending(other => other.Likes).Take(3).Select(other => other.Id)
            .Contains(post.Id)).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Select(post => post.Flags).Distinct().OrderBy(flags => flags).Skip(1).Take(4));
    }

    [Fact]
    public async Task A_page_is_taken_of_a_page_and_a_row_of_another_table_stands_beside_each()
    {
        var (most, fewer) = (5, 3);
        await SameAsync((_, posts) => posts.OrderBy(post => post.Id).Take(most).Take(fewer).Select(post => post.Id));
        await SameAsync((_, posts) => posts.OrderBy(post => post.Id).Take(fewer).Take(most).Select(post => post.Id));
        await SameAsync((blogs, posts) => blogs.OrderBy(blog => blog.Id).Select(blog => new
        {
            blog.Id,
            First = posts.OrderByDescending(post => post.Id).Select(post => new { post.Id, post.Title }).FirstOrDefault(),
        }));
        await SameAsync((_, posts) => posts.Where(post => new[] { post.Likes, post.Id, 3 }.Count(number => number > 2) == 2).Select(post => post.Id),
            ordered: false);
        await using var db = await OpenAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => db.Posts.Where(post => new[] { 1, 2 }.Skip(post.Likes).First() == 2).ToListAsync(Stop));
        Assert.Contains("LIMIT", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_least_of_two_parameters_is_calculated_by_the_server()
    {
        var query = EF.CompileAsyncQuery((BlogDb db, int one, int other) => db.Posts.Where(post => post.Id <= EF.Functions.Least(one, other)));
        await using var db = await OpenAsync();
        Assert.Equal(2, await query(db, 9, 2).CountAsync(Stop));
    }

    [Fact]
    public async Task Related_rows_are_included_in_one_query_and_in_several()
    {
        await using var db = await OpenAsync();
        foreach (var query in new[] { db.Blogs.Include(blog => blog.Posts).ThenInclude(post => post.Labels), db.Blogs.Include(blog => blog.Posts)
            .ThenInclude(post => post.Labels).AsSplitQuery() })
        {
            var blogs = await query.OrderBy(blog => blog.Id).Take(2).ToListAsync(Stop);
            Assert.Equal([4, 4], blogs.Select(blog => blog.Posts.Count));
            Assert.Equal(8 * 3 / 2, blogs.SelectMany(blog => blog.Posts).Sum(post => post.Labels.Count));
            db.ChangeTracker.Clear();
        }
    }

    [Fact]
    public async Task Raw_sql_takes_parameters_and_more_operators()
    {
        await using var db = await OpenAsync();
        var title = "Hello1";
        Assert.Equal(title, (await db.Posts.FromSql($"SELECT * FROM Posts WHERE Title = {title}").Where(post => post.Id > 0).SingleAsync(Stop)).Title);
        Assert.Equal(20, await db.Database.SqlQuery<int>($"SELECT Id AS Value FROM Posts").CountAsync(Stop));
    }

    [Fact]
    public async Task A_compiled_query_runs_with_each_parameter()
    {
        var query = EF.CompileAsyncQuery((BlogDb db, string name, int most) => db.Posts.Where(post => post.Title.StartsWith(name)).OrderBy(post => post.Id)
            .Take(most).Select(post => post.Id));
        await using var db = await OpenAsync();
        Assert.Equal(2, await query(db, "Hello", 2).CountAsync(Stop));
        Assert.Equal(5, await query(db, "Hello", 20).CountAsync(Stop));
        Assert.Equal(5, await query(db, "a_b%", 20).CountAsync(Stop));
    }

    [Fact]
    public async Task What_has_no_translation_is_refused()
    {
        await using var db = await OpenAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.Posts.Where(post => post.At - DateTime.UnixEpoch > TimeSpan.FromDays(1))
            .ToListAsync(Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.Posts.Where(post => post.Price.ToString() == "1.37").ToListAsync(Stop));
        var lateral = await Assert.ThrowsAsync<InvalidOperationException>(
            () => db.Blogs.SelectMany(blog => db.Posts.Where(post => post.BlogId == blog.Id).OrderBy(post => post.Likes).Take(2)
                .Select(post => new { blog.Name, post.Title, More = blog.Rank + post.Likes })).ToListAsync(Stop));
        Assert.Contains("LATERAL", lateral.Message, StringComparison.Ordinal);
        var correlated = await Assert.ThrowsAsync<InvalidOperationException>(
            () => db.Posts.GroupBy(post => post.IsPublic).Select(group => group.Select(post => post.Blog.Rank).Distinct().Count()).ToListAsync(Stop));
        Assert.Contains("LATERAL", correlated.Message, StringComparison.Ordinal);
    }
}
