using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Tests.FastSqlite;

/// <summary>A context that is given another connection string or another connection at run time uses it, and the next one does not.</summary>
public sealed class SwitchedConnectionTests
{
    [Theory]
    [InlineData(Contexts.New)]
    [InlineData(Contexts.Pooled)]
    public Task Another_connection_string_is_another_database(Contexts contexts) => Scenario.SameAsync(
        async run =>
        {
            var open = await run.FilledAsync();
            await using (var other = (await run.FilledAsync(run.Source("other.db")))())
            {
                await other.AddAsync("other's");
            }

            await using (var db = open())
            {
                run.Say(await db.TextsAsync());
                db.Database.SetConnectionString(run.Source("other.db"));
                run.Say(await db.TextsAsync());
                run.Say(await db.AddAsync("there"));
                run.Say(await db.Notes.CountAsync());
                run.Say(db.Database.GetDbConnection().DataSource);
                run.Say(db.Database.GetConnectionString());
                await using (var transaction = await db.Database.BeginTransactionAsync())
                {
                    run.Say(await db.Notes.ExecuteDeleteAsync());
                }

                db.Database.SetConnectionString(run.Source());
                run.Say(await db.TextsAsync());
                db.Database.SetConnectionString(run.Source("missing.db", "Mode=ReadWrite"));
                await run.SayAsync(db.TextsAsync);
                db.Database.SetConnectionString("Data Source=:memory:");
                await db.Database.OpenConnectionAsync();
                await run.SayAsync(db.TextsAsync);
                run.Say(await db.Database.EnsureCreatedAsync());
                run.Say(await db.AddAsync("in memory"));
                run.Say(await db.Database.SqlQuery<decimal?>($"SELECT ef_add('1.5', '2') AS Value").SingleAsync());
                run.Say(await db.TextsAsync());
                await db.Database.CloseConnectionAsync();
                db.Database.SetConnectionString(run.Source("other.db"));
                run.Say(await db.TextsAsync());
                run.Say(await db.Notes.CountAsync(note => System.Text.RegularExpressions.Regex.IsMatch(note.Text, "^t")));
            }
        },
        contexts);

    [Fact]
    public Task A_string_that_is_set_while_the_connection_is_open_is_refused() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        await db.Database.OpenConnectionAsync();
        await run.SayAsync(() => { db.Database.SetConnectionString(run.Source("other.db")); return 0; });
        await run.SayAsync(db.TextsAsync);
        await db.Database.CloseConnectionAsync();
        await run.SayAsync(() => { db.Database.SetConnectionString("Nonsense=1"); return 0; });
        await run.SayAsync(db.TextsAsync);
        await run.SayAsync(() => { db.Database.SetConnectionString(null); return 0; });
        await run.SayAsync(db.TextsAsync);
    });

    [Theory]
    [InlineData(Contexts.New, false)]
    [InlineData(Contexts.New, true)]
    [InlineData(Contexts.Pooled, false)]
    [InlineData(Contexts.Pooled, true)]
    public Task Another_connection_is_used_as_it_is(Contexts contexts, bool isOwned) => Scenario.SameAsync(
        async run =>
        {
            var open = await run.FilledAsync();
            var mine = new SqliteConnection("Data Source=:memory:");
            await mine.OpenAsync();
            await using (var db = open())
            {
                run.Say(await db.TextsAsync());
                db.Database.SetDbConnection(mine, isOwned);
                await run.SayAsync(db.TextsAsync);
                run.Say(await db.Database.EnsureCreatedAsync());
                run.Say(await db.AddAsync("in memory"));
                await run.SayAsync(() => db.Database.SqlQuery<decimal?>($"SELECT ef_add('1.5', '2') AS Value").SingleAsync());
                await using var transaction = await db.Database.BeginTransactionAsync();
                run.Say(await db.Notes.ExecuteDeleteAsync());
                await transaction.RollbackAsync();
                run.Say(await db.TextsAsync());
                run.Say(ReferenceEquals(db.Database.GetDbConnection(), mine));
            }

            run.Say(mine.State);
            await mine.DisposeAsync();
            await using var next = open();
            await run.SayAsync(next.TextsAsync);
        },
        contexts);

    [Fact]
    public Task A_connection_of_the_apps_own_can_be_shared_by_two_contexts_and_their_transaction() => Scenario.SameAsync(async run =>
    {
        await run.FilledAsync();
        await using var connection = new SqliteConnection(run.Source());
        await connection.OpenAsync();
        DbContextOptions<NotesDb> Options()
        {
            var options = new DbContextOptionsBuilder<NotesDb>().UseSqlite(connection);
            return (run.IsFast ? options.UseFastSqlite() : options).Options;
        }

        await using var first = new NotesDb(Options());
        await using var second = new NotesDb(Options());
        await using var transaction = await connection.BeginTransactionAsync();
        await run.SayAsync(() => UseAsync(first, transaction));
        await run.SayAsync(() => UseAsync(second, transaction));
        run.Say(await first.AddAsync("three"));
        run.Say(await second.TextsAsync());
        await transaction.RollbackAsync();
        await run.SayAsync(() => UseAsync(second, null));
        run.Say(await second.TextsAsync());
    });

    [Theory]
    [InlineData(Contexts.New)]
    [InlineData(Contexts.Pooled)]
    public Task A_connection_that_a_context_gives_away_works_for_another_context_and_stays_the_givers(Contexts contexts) => Scenario.SameAsync(async run =>
    {
        var open = await run.FilledAsync();
        await using var giver = open();
        ((SqliteConnection)giver.Database.GetDbConnection()).CreateFunction("one", () => 1L);
        await giver.Database.OpenConnectionAsync();
        var transaction = await giver.Database.BeginTransactionAsync();
        run.Say(await giver.AddAsync("three"));
        var taker = run.App(run.Source("other.db"))();
        taker.Database.SetDbConnection(giver.Database.GetDbConnection());
        await run.SayAsync(taker.TextsAsync);
        await run.SayAsync(() => UseAsync(taker, transaction.GetDbTransaction()));
        run.Say(await taker.TextsAsync());
        run.Say(await taker.AddAsync("four"));
        await taker.DisposeAsync();
        await run.SayAsync(() => giver.Database.SqlQuery<long>($"SELECT one() AS Value").SingleAsync());
        await transaction.CommitAsync();
        await run.SayAsync(() => giver.Database.SqlQuery<long>($"SELECT one() AS Value").SingleAsync());
        run.Say(await giver.TextsAsync());
        run.Say(giver.Database.GetDbConnection().DataSource);
    }, contexts);

    private static async Task UseAsync(NotesDb db, System.Data.Common.DbTransaction? transaction) => await db.Database.UseTransactionAsync(transaction);
}
