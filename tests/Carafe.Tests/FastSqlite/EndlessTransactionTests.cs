using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Tests.FastSqlite;

/// <summary>A transaction that nobody ends keeps the others out as long as plain EF Core's would, and not longer.</summary>
public sealed class EndlessTransactionTests
{
    [Theory]
    [InlineData(Contexts.New, false)]
    [InlineData(Contexts.New, true)]
    [InlineData(Contexts.Pooled, false)]
    [InlineData(Contexts.Pooled, true)]
    public Task It_ends_with_its_context(Contexts contexts, bool isRaw) => Scenario.SameAsync(
        async run =>
        {
            // The driver's pool would hand a transaction that a statement began to the next.
            var open = await run.FilledAsync(run.Source(more: $"Default Timeout=1;Pooling={!isRaw}"));
            await using (var db = open())
            {
                if (isRaw)
                {
                    await db.Database.OpenConnectionAsync();
                    await db.Database.ExecuteSqlRawAsync("BEGIN IMMEDIATE");
                }
                else
                {
                    await db.Database.BeginTransactionAsync();
                }

                run.Say(await db.AddAsync("lost"));
                await using var other = open();
                await run.SayAsync(other.TextsAsync);
                await run.SayAsync(() => other.AddAsync("refused"));
            }

            await using var next = open();
            run.Say(next.Database.CurrentTransaction is null);
            run.Say(next.Database.GetDbConnection().State);
            await run.SayAsync(() => next.AddAsync("next"));
            await run.SayAsync(next.TextsAsync);
        },
        contexts);

    [Fact]
    public async Task One_whose_context_nobody_disposes_ends_when_it_is_collected()
    {
        await Scenario.SameAsync(async run =>
        {
            var open = await run.FilledAsync(run.Source(more: "Default Timeout=1;Pooling=False"));
            var forgotten = Forget(open);
            await using var db = open();
            await run.SayAsync(() => db.AddAsync("refused"));
            for (var turn = 0; turn < 20 && forgotten.IsAlive; turn++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            // SQLite's handle is finalized after what refers to it.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            run.Say(forgotten.IsAlive);
            db.ChangeTracker.Clear();
            await run.SayAsync(() => db.AddAsync("next"));
            await run.SayAsync(db.TextsAsync);
        });
    }

    [Fact]
    public Task A_second_one_a_foreign_one_and_one_that_ended_are_refused() => Scenario.SameAsync(async run =>
    {
        var open = await run.FilledAsync(run.Source(more: "Default Timeout=1"));
        await using var db = open();
        await using var other = open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await run.SayAsync(async () => await db.Database.BeginTransactionAsync());
        await run.SayAsync(async () => await other.Database.UseTransactionAsync(transaction.GetDbTransaction()));
        await run.SayAsync(async () => await other.Database.BeginTransactionAsync());
        await run.SayAsync(() => db.AddAsync("three"));
        await run.SayAsync(() => transaction.CommitAsync());
        await run.SayAsync(() => transaction.CommitAsync());
        await run.SayAsync(() => transaction.RollbackAsync());
        await run.SayAsync(other.TextsAsync);
        await run.SayAsync(async () => await db.Database.BeginTransactionAsync(IsolationLevel.Snapshot));
        await run.SayAsync(async () => (await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead)).GetDbTransaction().IsolationLevel);
        await run.SayAsync(() => db.Database.CloseConnectionAsync());
        await run.SayAsync(() => other.AddAsync("four"));
    });

    [Fact]
    public Task One_that_SQLite_has_rolled_back_says_so() => Scenario.SameAsync(async run =>
    {
        var open = await run.FilledAsync();
        await using var db = open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await run.SayAsync(() => db.AddAsync("three"));
        await run.SayAsync(() => db.Database.ExecuteSqlRawAsync("INSERT OR ROLLBACK INTO Notes (Id, Text) VALUES (1, 'again')"));
        await run.SayAsync(db.TextsAsync);
        await run.SayAsync(() => db.AddAsync("four"));
        await run.SayAsync(() => transaction.CommitAsync());
        await transaction.DisposeAsync();
        db.ChangeTracker.Clear();
        await run.SayAsync(() => db.AddAsync("five"));
        await run.SayAsync(open().TextsAsync);
    });

    [Fact]
    public Task A_scope_of_System_Transactions_is_refused_or_ignored_in_the_same_way() => Scenario.SameAsync(async run =>
    {
        var open = await run.FilledAsync();
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var db = open();
            await run.SayAsync(() => db.AddAsync("three"));
            await run.SayAsync(db.TextsAsync);
        }

        await run.SayAsync(open().TextsAsync);
    });

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Forget(Func<NotesDb> open)
    {
        var db = open();
        db.Database.BeginTransaction();
        db.Database.ExecuteSqlRaw("DELETE FROM Notes");
        return new WeakReference(db);
    }
}
