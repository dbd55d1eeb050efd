using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.FastSqlite;

/// <summary>A context is used by one at a time, with the layer as without.</summary>
public sealed class ConcurrentUseTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carafe-use-").FullName;
    private readonly FastSqliteOptions _fast = new();

    public async ValueTask DisposeAsync()
    {
        await _fast.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_a_row_is_made_another_thread_is_refused_and_its_own_is_not(bool isLayer)
    {
        var options = new DbContextOptionsBuilder<NotesDb>().UseSqlite($"Data Source={Path.Combine(_folder, "notes.db")};Pooling=False");
        await using var db = new NotesDb((isLayer ? options.UseFastSqlite(_fast) : options).Options);
        await db.Database.EnsureCreatedAsync();
        await db.AddAsync("one");
        await db.AddAsync("two");
        await using (var other = db.Notes.OrderBy(note => note.Id).AsAsyncEnumerable().GetAsyncEnumerator())
        {
            Assert.True(await other.MoveNextAsync());
            // The first row comes with the statement, the second by itself.
            Assert.Equal([2, 2], await db.Notes.OrderBy(note => note.Id).Select(note => Use(db, other, note.Id)).ToListAsync());
            // It is left as it was found.
            Assert.True(await other.MoveNextAsync());
        }

        Assert.Equal(["one", "two"], await db.TextsAsync());
    }

    // The execution context is not handed to the thread: that would be the same use.
    private static int Use(NotesDb db, IAsyncEnumerator<Note> other, int id)
    {
        Exception?[] faults = [null, null];
        var thread = new Thread(() => faults =
        [
            Record.Exception(() => { _ = db.Notes.Count(); }),
            Record.Exception(() => { other.MoveNextAsync().AsTask().Wait(); }),
        ]);
        thread.UnsafeStart();
        thread.Join();
        Assert.IsType<InvalidOperationException>(faults[0]);
        Assert.IsType<InvalidOperationException>(Assert.IsType<AggregateException>(faults[1]).InnerException);
        Assert.True(id > 0);
        return db.Notes.Count();
    }
}
