using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Tests.FastSqlite;

/// <summary>A write that is committed is not reported as cancelled.</summary>
public sealed class CancelledWriteTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carafe-cancelled-").FullName;
    private readonly FastSqliteOptions _fast = new();

    public async ValueTask DisposeAsync()
    {
        await _fast.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_save_that_is_cancelled_between_its_commit_and_its_result_is_done()
    {
        using var source = new CancellationTokenSource();
        await using var db = new NotesDb(new DbContextOptionsBuilder<NotesDb>().UseSqlite($"Data Source={Path.Combine(_folder, "notes.db")};Pooling=False")
            .UseFastSqlite(_fast).AddInterceptors(new CancelsAfterwards(source)).Options);
        await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        var note = new Note { Text = "one" };
        db.Add(note);
        Assert.Equal(1, await db.SaveChangesAsync(source.Token));
        Assert.True(source.IsCancellationRequested);
        Assert.Equal((EntityState.Unchanged, true), (db.Entry(note).State, note.Id > 0));
    }

    private sealed class CancelsAfterwards(CancellationTokenSource source) : DbCommandInterceptor
    {
        public override async ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.StartsWith("INSERT", StringComparison.Ordinal))
            {
                await source.CancelAsync();
            }

            return result;
        }
    }
}
