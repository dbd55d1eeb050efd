using System.ComponentModel.DataAnnotations;
using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

public sealed class RowVersionTests
{
    [Fact]
    public async Task A_version_is_given_by_the_server_and_a_stale_one_is_a_conflict()
    {
        var make = await TestContext<NoteDb>.CreateAsync();
        await using var one = make();
        await using var other = make();
        one.Add(new Note { Text = "a" });
        await one.SaveChangesAsync(Stop);
        var (mine, theirs) = (await one.Notes.SingleAsync(Stop), await other.Notes.SingleAsync(Stop));
        Assert.Equal(8, mine.Version.Length);
        Assert.Equal(mine.Version, theirs.Version);
        var first = mine.Version;
        mine.Text = "b";
        await one.SaveChangesAsync(Stop);
        Assert.NotEqual(first, mine.Version);
        Assert.Equal(1, await make().Notes.CountAsync(note => note.Version == mine.Version, Stop));
        mine.Text = "c";
        await one.SaveChangesAsync(Stop);
        theirs.Text = "d";
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync(Stop));
        Assert.Equal("c", (await make().Notes.SingleAsync(Stop)).Text);
    }

    [Fact]
    public async Task A_version_may_be_a_number()
    {
        var make = await TestContext<PageDb>.CreateAsync();
        await using var one = make();
        await using var other = make();
        one.Add(new Page { Text = "a" });
        await one.SaveChangesAsync(Stop);
        var (mine, theirs) = (await one.Pages.SingleAsync(Stop), await other.Pages.SingleAsync(Stop));
        var first = mine.Version;
        mine.Text = "b";
        await one.SaveChangesAsync(Stop);
        Assert.True(mine.Version > first);
        theirs.Text = "c";
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync(Stop));
    }

    public sealed class Page
    {
        public int Id { get; set; }

        public string Text { get; set; } = "";

        [Timestamp]
        public ulong Version { get; set; }
    }

    public sealed class PageDb(DbContextOptions<PageDb> options) : DbContext(options)
    {
        public DbSet<Page> Pages => Set<Page>();
    }

    public sealed class Note
    {
        public int Id { get; set; }

        public string Text { get; set; } = "";

        [Timestamp]
        public byte[] Version { get; set; } = [];
    }

    public sealed class NoteDb(DbContextOptions<NoteDb> options) : DbContext(options)
    {
        public DbSet<Note> Notes => Set<Note>();
    }
}
