using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.FastSqlite;

/// <summary>Whatever a connection string names, a context does with it what plain EF Core does.</summary>
public sealed class DatabaseKindTests
{
    public static TheoryData<string> InMemory =>
    [
        "Data Source=:memory:",
        "Data Source=",
        "Data Source=one;Mode=Memory",
        "Data Source={0};Mode=Memory;Cache=Shared",
        "Data Source=file:{0}?mode=memory&cache=shared",
        "Data Source=file::memory:?name={0}",
        "Data Source=file:/{0}?vfs=memdb",
    ];

    [Theory]
    [MemberData(nameof(InMemory))]
    public Task A_database_in_memory_lives_as_long_as_its_connections(string source) => Scenario.SameAsync(async run =>
    {
        // Names are those of the process.
        var open = run.App(string.Format(null, source, Guid.NewGuid().ToString("N")));
        await using (var first = open())
        {
            await first.Database.OpenConnectionAsync();
            await run.SayAsync(() => first.Database.EnsureCreatedAsync());
            await run.SayAsync(() => first.AddAsync("one"));
            await run.SayAsync(first.TextsAsync);
            await using var second = open();
            await run.SayAsync(second.TextsAsync);
            await run.SayAsync(() => second.AddAsync("two"));
            await run.SayAsync(first.TextsAsync);
        }
    });

    [Theory]
    [InlineData(Contexts.New)]
    [InlineData(Contexts.Pooled)]
    public Task A_file_in_a_shared_cache_is_read_and_written(Contexts contexts) => Scenario.SameAsync(
        async run =>
        {
            var open = await run.FilledAsync(run.Source(more: "Cache=Shared"));
            await using var db = open();
            run.Say(await db.TextsAsync());
            run.Say(await db.AddAsync("three"));
            await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.ReadUncommitted);
            run.Say(await db.TextsAsync());
        },
        contexts);

    [Theory]
    [InlineData(Contexts.New)]
    [InlineData(Contexts.Pooled)]
    public Task A_file_that_is_opened_to_be_read_is_read_and_refuses_to_be_written(Contexts contexts) => Scenario.SameAsync(
        async run =>
        {
            await run.FilledAsync();
            var open = run.App(run.Source(more: "Mode=ReadOnly"));
            for (var turn = 0; turn < 2; turn++)
            {
                await using var db = open();
                await run.SayAsync(db.TextsAsync);
                await run.SayAsync(() => db.Notes.CountAsync());
                await run.SayAsync(() => db.AddAsync("three"));
                await run.SayAsync(() => db.Notes.ExecuteDeleteAsync());
                await run.SayAsync(() => db.Database.ExecuteSqlAsync($"CREATE TABLE more (id)"));
                await run.SayAsync(async () =>
                {
                    await using var transaction = await db.Database.BeginTransactionAsync();
                    await db.Notes.ExecuteDeleteAsync();
                });
                db.ChangeTracker.Clear();
                await run.SayAsync(db.TextsAsync);
            }
        },
        contexts);

    [Fact]
    public Task A_file_that_nobody_may_write_is_read_and_refuses_to_be_written() => Scenario.SameAsync(async run =>
    {
        await using (var connection = new SqliteConnection(run.Source(more: "Pooling=False")))
        {
            await connection.OpenAsync();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE Notes (Id INTEGER PRIMARY KEY, Text TEXT NOT NULL); INSERT INTO Notes VALUES (1, 'one')";
            await command.ExecuteNonQueryAsync();
        }

        // Root may write whatever the mode says, so SQLite is told that the file can't change.
        var open = run.App($"Data Source=file:{run.File()}?immutable=1");
        await using var db = open();
        await run.SayAsync(db.TextsAsync);
        await run.SayAsync(() => db.AddAsync("three"));
        await run.SayAsync(db.TextsAsync);
    });

    [Theory]
    [InlineData(Contexts.New)]
    [InlineData(Contexts.Pooled)]
    public Task A_file_that_cannot_be_opened_says_why_each_time_and_is_opened_when_it_can_be(Contexts contexts) => Scenario.SameAsync(
        async run =>
        {
            var open = run.App(run.Source("later.db", "Mode=ReadWrite"));
            for (var turn = 0; turn < 2; turn++)
            {
                await using var db = open();
                await run.SayAsync(db.TextsAsync);
                await run.SayAsync(() => db.AddAsync("three"));
                await run.SayAsync(async () => await db.Database.BeginTransactionAsync());
                await run.SayAsync(() => db.Database.CanConnectAsync());
            }

            await run.FilledAsync(run.Source("later.db"));
            await using var later = open();
            run.Say(await later.TextsAsync());
        },
        contexts);

    [Theory]
    [InlineData("a folder")]
    [InlineData("no database")]
    [InlineData("missing/folder.db")]
    public Task What_is_no_database_says_so(string name) => Scenario.SameAsync(async run =>
    {
        Directory.CreateDirectory(run.File("a folder"));
        await System.IO.File.WriteAllTextAsync(run.File("no database"), new string('x', 5000));
        await using var db = run.App(run.Source(name))();
        await run.SayAsync(db.TextsAsync);
        await run.SayAsync(() => db.AddAsync("three"));
        await run.SayAsync(() => db.Database.EnsureCreatedAsync());
    });

    [Theory]
    [InlineData("Foreign Keys=False")]
    [InlineData("Recursive Triggers=True")]
    [InlineData("Pooling=False")]
    [InlineData("Default Timeout=1")]
    [InlineData("Password=secret")]
    [InlineData("Mode=ReadWriteCreate;Cache=Private")]
    [InlineData("Vfs=no-such")]
    public Task Each_setting_of_the_connection_string_holds(string setting) => Scenario.SameAsync(async run =>
    {
        await using var db = run.App(run.Source(more: setting))();
        await run.SayAsync(() => db.Database.EnsureCreatedAsync());
        await run.SayAsync(() => db.Database.SqlQueryRaw<long>("SELECT foreign_keys AS Value FROM pragma_foreign_keys").SingleAsync());
        await run.SayAsync(() => db.Database.SqlQueryRaw<long>("SELECT recursive_triggers AS Value FROM pragma_recursive_triggers").SingleAsync());
        await run.SayAsync(() => db.AddAsync("one"));
        run.Say(db.Database.GetDbConnection().ConnectionTimeout);
    });

    [Fact]
    public Task A_database_that_is_deleted_and_made_again_is_the_new_one() => Scenario.SameAsync(async run =>
    {
        var open = await run.FilledAsync();
        await using var db = open();
        run.Say(await db.Database.EnsureDeletedAsync());
        run.Say(System.IO.File.Exists(run.File()));
        run.Say(await db.Database.EnsureDeletedAsync());
        run.Say(await db.Database.EnsureCreatedAsync());
        run.Say(await db.TextsAsync());
        run.Say(await db.AddAsync("new"));
        run.Say(await open().TextsAsync());
    });
}
