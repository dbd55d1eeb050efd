using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Tests.FastSqlite;

/// <summary>Interceptors of the app's own are called for the same, in the same order, and what they do counts.</summary>
public sealed class InterceptorTests
{
    [Theory]
    [InlineData(Contexts.New, false)]
    [InlineData(Contexts.New, true)]
    [InlineData(Contexts.Pooled, false)]
    [InlineData(Contexts.Pooled, true)]
    public Task Each_event_is_told_once_and_in_order(Contexts contexts, bool isAsync) => Scenario.SameAsync(
        async run =>
        {
            await run.FilledAsync();
            var open = run.App(run.Source(), options => options.AddInterceptors(Teller.All(run)));
            for (var turn = 0; turn < 2; turn++)
            {
                run.Say($"turn {turn}");
                if (isAsync)
                {
                    await using var db = open();
                    await WorkAsync(run, db);
                }
                else
                {
                    using var db = open();
                    Work(run, db);
                }
            }
        },
        contexts);

    [Fact]
    public Task A_command_can_be_changed_suppressed_and_refused() => Scenario.SameAsync(async run =>
    {
        await run.FilledAsync();
        await using var db = run.App(run.Source(), options => options.AddInterceptors(new Changer()))();
        await run.SayAsync(() => db.Notes.TagWith("change").Select(note => note.Text).ToListAsync());
        await run.SayAsync(() => db.Notes.TagWith("suppress").Select(note => note.Text).ToListAsync());
        await run.SayAsync(() => db.Notes.TagWith("refuse").Select(note => note.Text).ToListAsync());
        await run.SayAsync(() => db.Notes.TagWith("replace").Select(note => note.Text).ToListAsync());
        await run.SayAsync(() => db.Notes.TagWith("time out").Select(note => note.Text).ToListAsync());
        await run.SayAsync(db.TextsAsync);
    });

    [Theory]
    [InlineData(Contexts.New)]
    [InlineData(Contexts.Pooled)]
    public Task A_connection_that_an_interceptor_makes_is_used_as_it_is(Contexts contexts) => Scenario.SameAsync(
        async run =>
        {
            await run.FilledAsync(run.Source("other.db"));
            var open = run.App(run.Source(), options => options.AddInterceptors(new Maker(run.Source("other.db"))));
            for (var turn = 0; turn < 2; turn++)
            {
                await using var db = open();
                run.Say(await db.TextsAsync());
                run.Say(await db.AddAsync($"{turn}"));
                run.Say(db.Database.GetDbConnection().GetType() == typeof(SqliteConnection));
            }
        },
        contexts);

    [Fact]
    public Task An_interceptor_that_opens_the_connection_by_itself_or_refuses_to_is_obeyed() => Scenario.SameAsync(async run =>
    {
        await run.FilledAsync();
        await using var opened = run.App(run.Source(), options => options.AddInterceptors(new Opener(refuses: false)))();
        await run.SayAsync(opened.TextsAsync);
        await run.SayAsync(() => opened.AddAsync("three"));
        await using var refused = run.App(run.Source(), options => options.AddInterceptors(new Opener(refuses: true)))();
        await run.SayAsync(refused.TextsAsync);
        await run.SayAsync(() => refused.AddAsync("four"));
        await run.SayAsync(opened.TextsAsync);
    });

    [Fact]
    public Task A_save_that_an_interceptor_changes_or_refuses_ends_as_it_says() => Scenario.SameAsync(async run =>
    {
        await run.FilledAsync();
        await using var db = run.App(run.Source(), options => options.AddInterceptors(new Censor()))();
        await run.SayAsync(() => db.AddAsync("loud"));
        await run.SayAsync(() => db.AddAsync("forbidden"));
        db.ChangeTracker.Clear();
        await run.SayAsync(() => db.AddAsync("skipped"));
        await run.SayAsync(db.TextsAsync);
    });

    private static async Task WorkAsync(Scenario run, NotesDb db)
    {
        await run.SayAsync(db.TextsAsync);
        await run.SayAsync(() => db.Notes.CountAsync());
        await run.SayAsync(() => db.AddAsync("three"));
        await run.SayAsync(() => db.Notes.Where(note => note.Text == "three").ExecuteDeleteAsync());
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await run.SayAsync(() => db.AddAsync("four"));
            await transaction.CreateSavepointAsync("here");
            await run.SayAsync(() => db.Database.ExecuteSqlAsync($"INSERT INTO Notes (Id, Text) VALUES (1, 'again')"));
            await transaction.RollbackToSavepointAsync("here");
            await transaction.RollbackAsync();
        }

        db.ChangeTracker.Clear();
        db.Notes.AddRange(new Note { Text = "five" }, new Note { Text = "six" });
        await run.SayAsync(() => db.SaveChangesAsync());
        await run.SayAsync(() => db.Notes.Where(note => note.Id > 2).ExecuteDeleteAsync());
        await run.SayAsync(() => db.Database.SqlQueryRaw<int>("SELECT nothing").ToListAsync());
        await db.Database.OpenConnectionAsync();
        await run.SayAsync(() => db.Notes.FirstAsync(note => note.Id == 2));
        await db.Database.CloseConnectionAsync();
    }

    private static void Work(Scenario run, NotesDb db)
    {
        run.Say(db.Notes.OrderBy(note => note.Id).Select(note => note.Text).ToList());
        run.Say(db.Notes.Count());
        var note = db.Notes.Add(new Note { Text = "three" });
        run.Say(db.SaveChanges());
        note.State = EntityState.Deleted;
        run.Say(db.SaveChanges());
        using (var transaction = db.Database.BeginTransaction())
        {
            run.Say(db.Notes.Where(row => row.Id == 1).ExecuteUpdate(row => row.SetProperty(it => it.Text, "uno")));
            transaction.CreateSavepoint("here");
            transaction.ReleaseSavepoint("here");
            transaction.Commit();
        }

        run.Say(db.Database.ExecuteSql($"UPDATE Notes SET Text = 'one' WHERE Id = 1"));
        db.Database.OpenConnection();
        run.Say(db.Notes.First(row => row.Id == 2));
        db.Database.CloseConnection();
    }

    private sealed class Changer : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            switch (command.CommandText.Split('\n')[0].TrimEnd())
            {
                case "-- change":
                    command.CommandText = "SELECT 'changed ' || $what";
                    command.Parameters.Add(new SqliteParameter("$what", "text"));
                    break;
                case "-- suppress":
                    return new(InterceptionResult<DbDataReader>.SuppressWithResult(new System.Data.DataTable { Columns = { "Text" } }.CreateDataReader()));
                case "-- refuse":
                    throw new InvalidOperationException("refused");
                case "-- time out":
                    command.CommandTimeout = -1;
                    break;
            }

            return new(result);
        }

        public override ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (!command.CommandText.StartsWith("-- replace", StringComparison.Ordinal))
            {
                return new(result);
            }

            // The same command may not be executed again before its reader is closed; another one of the connection may.
            using var more = command.Connection!.CreateCommand();
            more.CommandText = "SELECT 'in its place' UNION ALL SELECT Text FROM Notes";
            var rows = new System.Data.DataTable();
            using (var reader = more.ExecuteReader())
            {
                rows.Load(reader);
            }

            result.Dispose();
            return new(rows.CreateDataReader());
        }
    }

    private sealed class Maker(string source) : DbConnectionInterceptor
    {
        public override InterceptionResult<DbConnection> ConnectionCreating(ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result) =>
            InterceptionResult<DbConnection>.SuppressWithResult(new SqliteConnection(source));
    }

    private sealed class Opener(bool refuses) : DbConnectionInterceptor
    {
        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (!refuses)
            {
                connection.Open();
            }

            return new(InterceptionResult.Suppress());
        }
    }

    private sealed class Censor : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var note in eventData.Context!.ChangeTracker.Entries<Note>().Where(entry => entry.State == EntityState.Added))
            {
                switch (note.Entity.Text)
                {
                    case "forbidden":
                        throw new InvalidOperationException("forbidden");
                    case "skipped":
                        return new(InterceptionResult<int>.SuppressWithResult(77));
                    default:
                        note.Entity.Text = note.Entity.Text.ToUpperInvariant();
                        break;
                }
            }

            return new(result);
        }
    }
}
