using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.FastSqlite;

/// <summary>What an app sets up on its own connection holds for its queries and its writes, and for nobody else's.</summary>
public sealed class OwnSettingsTests
{
    [Theory]
    [InlineData(Contexts.New, false)]
    [InlineData(Contexts.New, true)]
    [InlineData(Contexts.Pooled, false)]
    [InlineData(Contexts.Pooled, true)]
    public Task Functions_aggregates_and_collations_are_found_by_every_statement(Contexts contexts, bool opensFirst) => Scenario.SameAsync(
        async run =>
        {
            var open = await run.FilledAsync();
            await using var db = open();
            var connection = (SqliteConnection)db.Database.GetDbConnection();
            if (opensFirst)
            {
                await db.Database.OpenConnectionAsync();
            }

            connection.CreateFunction("twice", (string text) => text + text);
            connection.CreateFunction("fails", new Func<string, string>(_ => throw new InvalidOperationException("failed")));
            connection.CreateAggregate("longest", "", (string longest, string text) => text.Length > longest.Length ? text : longest);
            connection.CreateCollation("backwards", (one, other) => string.CompareOrdinal(other, one));
            await run.SayAsync(() => db.Database.SqlQuery<string>($"SELECT twice(Text) AS Value FROM Notes").ToListAsync());
            await run.SayAsync(() => db.Database.SqlQuery<string>($"SELECT longest(Text) AS Value FROM Notes").ToListAsync());
            await run.SayAsync(() => db.Notes.OrderBy(note => EF.Functions.Collate(note.Text, "backwards")).Select(note => note.Text).ToListAsync());
            await run.SayAsync(() => db.Database.SqlQuery<string>($"SELECT fails(Text) AS Value FROM Notes").ToListAsync());
            await run.SayAsync(() => db.Database.ExecuteSqlAsync($"UPDATE Notes SET Text = twice(Text) WHERE Id = 1"));
            await run.SayAsync(() => db.Database.ExecuteSqlAsync($"UPDATE Notes SET Text = fails(Text)"));
            await run.SayAsync(() => db.Database.ExecuteSqlAsync($"INSERT INTO Notes (Text) SELECT twice('x') RETURNING Id"));
            await run.SayAsync(db.TextsAsync);
            await using var transaction = await db.Database.BeginTransactionAsync();
            await run.SayAsync(() => db.Database.SqlQuery<string>($"SELECT twice(Text) AS Value FROM Notes").ToListAsync());
            await run.SayAsync(() => db.AddAsync("in a transaction"));
            await transaction.CommitAsync();
            await using var other = open();
            await run.SayAsync(other.TextsAsync);
        },
        contexts);

    [Fact]
    public Task A_function_in_an_index_and_a_trigger_is_found_by_a_save() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        ((SqliteConnection)db.Database.GetDbConnection()).CreateFunction("shout", (string text) => text.ToUpperInvariant(), isDeterministic: true);
        await run.SayAsync(() => db.Database.ExecuteSqlAsync($"CREATE UNIQUE INDEX ix ON Notes (shout(Text))"));
        await run.SayAsync(() => db.AddAsync("ONE"));
        db.ChangeTracker.Clear();
        await run.SayAsync(() => db.AddAsync("three"));
        await run.SayAsync(db.TextsAsync);
        await using var stranger = run.App(run.Source())();
        await run.SayAsync(() => stranger.AddAsync("four"));
    });

    [Fact]
    public Task A_function_that_is_defined_again_is_the_last_one_and_one_that_is_taken_away_is_gone() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        await db.Database.OpenConnectionAsync();
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        foreach (var function in (Func<long>?[])[() => 1L, () => 2L, null])
        {
            connection.CreateFunction("number", function);
            await run.SayAsync(() => db.Database.SqlQuery<long>($"SELECT number() AS Value").SingleAsync());
        }
    });

    [Fact]
    public Task Functions_that_EF_Core_translates_to_can_be_replaced() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        ((SqliteConnection)db.Database.GetDbConnection()).CreateFunction("regexp", (string pattern, string input) => true);
        await run.SayAsync(() => db.Notes.CountAsync(note => System.Text.RegularExpressions.Regex.IsMatch(note.Text, "^nothing$")));
    });

    [Fact]
    public Task An_extension_that_is_not_there_says_so() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        connection.EnableExtensions();
        await run.SayAsync(db.TextsAsync);
        await db.Database.OpenConnectionAsync();
        await run.SayAsync(() => { connection.LoadExtension("no-such-extension"); return 0; });
        await run.SayAsync(db.TextsAsync);
    });

    [Fact]
    public Task Backups_blobs_and_the_handle_belong_to_the_database_of_the_context() => Scenario.SameAsync(async run =>
    {
        await using var db = (await run.FilledAsync())();
        await db.Database.OpenConnectionAsync();
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        await using (var copy = new SqliteConnection(run.Source("copy.db", "Pooling=False")))
        {
            await copy.OpenAsync();
            connection.BackupDatabase(copy);
        }

        await using var copied = run.App(run.Source("copy.db"))();
        await run.SayAsync(copied.TextsAsync);
        await run.SayAsync(() => db.Database.ExecuteSqlAsync($"INSERT INTO Notes (Id, Text) VALUES (9, zeroblob(4))"));
        await using (var blob = new SqliteBlob(connection, "Notes", "Text", 9))
        {
            await blob.WriteAsync("blob"u8.ToArray());
        }

        await run.SayAsync(() => db.Database.SqlQuery<string>($"SELECT CAST(Text AS TEXT) AS Value FROM Notes WHERE Id = 9").SingleAsync());
        run.Say(connection.ServerVersion == new SqliteConnection().ServerVersion);
        run.Say(connection.DataSource);
        run.Say(connection.Database);
        run.Say(connection.Handle is not null);
        await run.SayAsync(() => connection.GetSchema("MetaDataCollections").Rows.Count);
    });
}
