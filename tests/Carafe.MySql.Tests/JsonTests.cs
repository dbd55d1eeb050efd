using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

public sealed class JsonTests
{
    [Fact]
    public async Task Members_of_a_document_are_read_compared_and_sorted()
    {
        var since = new DateTime(2020, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        await SameAsync((blogs, _) => blogs.OrderBy(blog => blog.Address.Number).Select(blog => new
        {
            blog.Address.Street,
            blog.Address.Number,
            blog.Address.IsOffice,
            blog.Address.Floor,
            blog.Address.Rent,
            Twice = blog.Address.Number * 2,
        }));
        await SameAsync((blogs, _) => blogs.Where(blog => blog.Address.Street == "Street 2").Select(blog => blog.Id), ordered: false);
        await SameAsync((blogs, _) => blogs.Where(blog => blog.Address.IsOffice && blog.Address.Number > 2).Select(blog => blog.Id), ordered: false);
        await SameAsync((blogs, _) => blogs.Where(blog => blog.Address.Since > since).Select(blog => blog.Id), ordered: false);
        await SameAsync((blogs, _) => blogs.Where(blog => blog.Address.Floor == null).Select(blog => blog.Id), ordered: false);
        await SameAsync((blogs, _) => blogs.Where(blog => blog.Address.Rent == 4.5m).Select(blog => blog.Id), ordered: false);
        await using var db = await OpenAsync();
        Assert.Equal(0, await db.Blogs.CountAsync(blog => blog.Address.Street == "street 2" || blog.Address.Street == "Street 2 ", Stop));
    }

    [Fact]
    public async Task Lists_of_values_are_queried()
    {
        await SameAsync((_, posts) => posts.Where(post => post.Tags.Contains("t2")).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.Where(post => post.Votes.Any(vote => vote > post.Likes)).Select(post => post.Id), ordered: false);
        await SameAsync((_, posts) => posts.OrderBy(post => post.Id).Select(post => new { post.Id, post.Tags.Count, Sum = post.Votes.Sum() }));
        await SameAsync((_, posts) => posts.Where(post => post.Tags.Count > 1).OrderBy(post => post.Id).Select(post => post.Tags[1]));
        await SameAsync((_, posts) => posts.SelectMany(post => post.Votes).Where(vote => vote > 3), ordered: false);
        await using var db = await OpenAsync();
        Assert.Equal(0, await db.Posts.CountAsync(post => post.Tags.Contains("T2") || post.Tags.Contains("t2 "), Stop));
    }

    [Fact]
    public async Task Lists_of_documents_are_queried()
    {
        await SameAsync((blogs, _) => blogs.Where(blog => blog.Links.Any(link => link.Weight > 3)).Select(blog => blog.Id), ordered: false);
        await SameAsync((blogs, _) => blogs.OrderBy(blog => blog.Id).Select(blog => new
        {
            blog.Id,
            blog.Links.Count,
            Weight = blog.Links.Sum(link =>
            link.Weight)
        }));
        await SameAsync((blogs, _) => blogs.Where(blog => blog.Links.Count(link => link.Url == "https://1") == 1).Select(blog => blog.Id), ordered: false);
        await using var db = await OpenAsync();
        Assert.Equal(2, (await db.Blogs.OrderBy(blog => blog.Id).Skip(1).FirstAsync(Stop)).Links.Count);
    }

    [Fact]
    public async Task A_document_is_changed_in_part_and_as_a_whole()
    {
        var make = await TestContext<BlogDb>.CreateAsync();
        await FillAsync(make);
        await using (var db = make())
        {
            var blog = await db.Blogs.OrderBy(blog => blog.Id).FirstAsync(Stop);
            blog.Address.Street = "It's \\ \"here\" 😀";
            await db.SaveChangesAsync(Stop);
            blog.Address.IsOffice = true;
            await db.SaveChangesAsync(Stop);
            blog.Address.Rent = 7.25m;
            blog.Address.Floor = null;
            blog.Links.Add(new Link { Url = "\"", Weight = 1 });
            await db.SaveChangesAsync(Stop);
            db.Add(new Slot { Row = 1, Column = 2, Label = "a", Place = new("Zürich", 8000) });
            await db.SaveChangesAsync(Stop);
        }

        await using var other = make();
        var read = await other.Blogs.OrderBy(blog => blog.Id).FirstAsync(Stop);
        Assert.Equal(("It's \\ \"here\" 😀", true, 7.25m, null, 1), (read.Address.Street, read.Address.IsOffice, read.Address.Rent, read.Address.Floor,
            read.Address.Number));
        Assert.Equal("\"", read.Links[^1].Url);
        Assert.Equal("Zürich", (await other.Slots.SingleAsync(slot => slot.Place.Code == 8000 && slot.Place.City == "Zürich", Stop)).Place.City);
        Assert.Equal(1, await other.Slots.ExecuteUpdateAsync(set => set.SetProperty(slot => slot.Label, "b"), Stop));
    }
}
