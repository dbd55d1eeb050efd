using System.Text.RegularExpressions;
using Carafe.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.FastSqlite;

/// <summary>What goes wrong while rows are read is thrown, logged and cleaned up as without the layer.</summary>
public sealed partial class DirectFailureTests
{
    private static readonly SemaphoreSlim _reached = new(0);
    private static readonly SemaphoreSlim _goOn = new(0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_statement_that_fails_is_logged_with_its_text_and_values(bool isSensitive) => Scenario.SameAsync(async run =>
    {
        var lines = new Lines(LogLevel.Warning);
        var open = await run.FilledAsync(more: options => options.UseLoggerFactory(lines).WithoutProviderCount().EnableSensitiveDataLogging(isSensitive));
        await using var db = open();
        var (id, text) = (1, "one");
        await run.SayAsync(() => db.Notes.Where(note => note.Id == id && note.Text == text).ToListAsync());
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE Notes RENAME TO Gone");
        await run.SayAsync(() => db.Notes.Where(note => note.Id == id && note.Text == text).ToListAsync());
        await run.SayAsync(() => db.Notes.CountAsync());
        run.Say(db.Database.GetDbConnection().State.ToString());
        await db.Database.ExecuteSqlRawAsync("CREATE TABLE Notes (Id, Text); INSERT INTO Notes VALUES (1, 'one'), ('two', 'Two')");
        await run.SayAsync(() => db.Notes.Where(note => note.Id >= id).ToListAsync());
        run.Say(db.Database.GetDbConnection().State.ToString());
        foreach (var line in lines.Written.Where(line => !line.Contains("Sensitive", StringComparison.Ordinal)))
        {
            run.Say(Milliseconds().Replace(line.Split("   at ")[0], "(0ms)"));
        }
    });

    [Fact]
    public Task An_event_that_the_app_wants_thrown_is_thrown() => Scenario.SameAsync(async run =>
    {
        await run.FilledAsync();
        await using var db = run.App(
            run.Source(), options => options.ConfigureWarnings(warnings => warnings.Throw(RelationalEventId.DataReaderClosing)))();
        await run.SayAsync(db.TextsAsync);
    });

    [Fact]
    public Task A_token_that_is_cancelled_stops_at_the_same_row() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        using var source = new CancellationTokenSource();
        await using (var rows = db.Notes.OrderBy(note => note.Id).AsAsyncEnumerable().GetAsyncEnumerator(source.Token))
        {
            await run.SayAsync(() => rows.MoveNextAsync().AsTask());
            run.Say(rows.Current.Text);
            await source.CancelAsync();
            await run.SayAsync(() => rows.MoveNextAsync().AsTask());
            await run.SayAsync(() => rows.MoveNextAsync().AsTask());
        }

        await run.SayAsync(() => db.Notes.ToListAsync(source.Token));
        await run.SayAsync(() => db.Notes.SingleAsync(note => note.Id == 1, source.Token));
        await using var unread = db.Notes.AsAsyncEnumerable().GetAsyncEnumerator(source.Token);
        var move = unread.MoveNextAsync();
        run.Say(move.IsCanceled);
        await run.SayAsync(() => move.AsTask());
        run.Say(db.Database.GetDbConnection().State.ToString());
    });

    [Fact]
    public Task Rows_end_once_and_begin_again_after_they_were_closed() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        var rows = db.Notes.OrderBy(note => note.Id).Select(note => note.Text).AsAsyncEnumerable().GetAsyncEnumerator();
        for (var turn = 0; turn < 2; turn++)
        {
            for (var move = 0; move < 4; move++)
            {
                await run.SayAsync(async () => $"{await rows.MoveNextAsync()} {rows.Current}");
            }

            run.Say(db.Database.GetDbConnection().State.ToString());
            await rows.DisposeAsync();
            await rows.DisposeAsync();
            run.Say(db.Database.GetDbConnection().State.ToString());
        }
    });

    [Fact]
    public Task A_transaction_that_begins_before_the_first_row_is_read_in() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        await using var rows = db.Notes.OrderBy(note => note.Id).Select(note => note.Text).AsAsyncEnumerable().GetAsyncEnumerator();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"UPDATE Notes SET Text = 'mine' WHERE Id = 1");
        await run.SayAsync(async () => $"{await rows.MoveNextAsync()} {rows.Current}");
    });

    [Fact]
    public Task A_context_that_is_used_twice_at_once_says_so() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        var first = Task.Run(() => db.Notes.Where(note => note.Id == 1).Select(note => Wait(note.Text)).ToListAsync());
        await _reached.WaitAsync();
        await run.SayAsync(() => db.Notes.ToListAsync());
        await run.SayAsync(() => db.Notes.CountAsync());
        _goOn.Release();
        await run.SayAsync(() => first);
    });

    [Fact]
    public Task An_ambient_transaction_is_refused() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await run.SayAsync(() => db.Notes.ToListAsync());
        }

        await run.SayAsync(() => db.Notes.CountAsync());
        await using var warned = run.App(
            run.Source(), options => options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.AmbientTransactionWarning)))();
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await run.SayAsync(() => warned.Notes.CountAsync());
        }
    });

    [Fact]
    public Task Values_of_any_kind_find_the_same_rows() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        var text = new string('x', 3);
        await run.SayAsync(() => db.Notes.Where(note => EF.Functions.Like(note.Text, text)).ToListAsync());
        db.Database.SetCommandTimeout(7);
        await run.SayAsync(() => db.Notes.CountAsync(note => note.Text == text));
        int[] wanted = [1, 2];
        await run.SayAsync(() => db.Notes.CountAsync(note => wanted.Contains(note.Id)));
        wanted = [2];
        await run.SayAsync(() => db.Notes.CountAsync(note => wanted.Contains(note.Id)));
        string? missing = null;
        await run.SayAsync(() => db.Notes.CountAsync(note => note.Text != missing));
        run.Say(db.Notes.Where(note => note.Text == text).ToQueryString());
    });

    private static string Wait(string text)
    {
        _reached.Release();
        _goOn.Wait();
        return text;
    }

    [GeneratedRegex(@"\(\d+ms\)")]
    private static partial Regex Milliseconds();
}
