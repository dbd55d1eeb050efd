using Carafe.FastSqlite.Connections;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.FastSqlite;

/// <summary>What is given back to a pool, a connection or a context, has nothing of its last user. Debug builds assert it.</summary>
public sealed class CleanReturnTests
{
    private static readonly Dictionary<string, Func<RoutingSqliteConnection, object?>> Marks = new()
    {
        ["an open connection"] = _ => null,
        ["a transaction"] = connection => connection.BeginTransaction(),
        ["a transaction that a statement began"] = connection => Run(connection, "BEGIN IMMEDIATE"),
        ["an open read"] = connection => Read(connection),
        ["an open read in a transaction"] = connection => (connection.BeginTransaction(), Read(connection)),
        ["a write that the writer has committed"] = connection => (Run(connection, "CREATE TABLE t (x)"), Run(connection, "INSERT INTO t VALUES (1)")),
        ["a pragma"] = connection => Run(connection, "PRAGMA query_only=1"),
        ["a temporary table"] = connection => Run(connection, "CREATE TEMP TABLE t (x)"),
        ["an attached database"] = connection => Run(connection, "ATTACH ':memory:' AS other"),
        ["a function"] = connection => { connection.CreateFunction("one", () => 1L); return null; },
        ["a collation"] = connection => { connection.CreateCollation("own", string.CompareOrdinal); return null; },
        ["permission to load extensions"] = connection => { connection.EnableExtensions(); return null; },
        ["a handle that was handed out"] = connection => connection.Handle,
    };

    public static TheoryData<string> Names => [.. Marks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_connection_of_a_context_is_clean_once_it_is_closed_and_not_before(string mark)
    {
        using var fast = new FastSqliteOptions();
        using var connection = Connect(fast);
        Assert.True(connection.IsClean);
        connection.Open();
        var kept = Marks[mark](connection);
        Assert.False(connection.IsClean);
        connection.Close();
        connection.Forget();
        Assert.True(connection.IsClean);
        GC.KeepAlive(kept);
        // The pool's are clean, too: the next one reads and writes.
        using var next = Connect(fast);
        next.ConnectionString = connection.ConnectionString;
        next.Open();
        Run(next, "CREATE TABLE next (x)");
        Assert.Equal(1, Run(next, "INSERT INTO next VALUES (1)"));
    }

#if DEBUG
    [Theory]
    [InlineData("BEGIN")]
    [InlineData("BEGIN IMMEDIATE")]
    public void A_connection_with_a_transaction_fails_the_assertion_of_the_pool(string begin)
    {
        using var fast = new FastSqliteOptions();
        using var routing = Connect(fast);
        var (pool, connection) = (routing.Shared!.Pool, routing.Shared.Pool.Rent());
        connection.Execute(begin);
        Assert.Contains("came back to the pool", Assert.ThrowsAny<Exception>(() => pool.Return(connection)).Message, StringComparison.Ordinal);
        connection.Execute("ROLLBACK");
        pool.Return(connection);
    }

    [Fact]
    public void A_connection_with_a_statement_that_goes_on_fails_the_assertion_of_the_pool()
    {
        using var fast = new FastSqliteOptions();
        using var routing = Connect(fast);
        var (pool, connection) = (routing.Shared!.Pool, routing.Shared.Pool.Rent());
        var command = connection.Rent("SELECT 1 UNION ALL SELECT 2");
        using (var reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            Assert.Contains("came back to the pool", Assert.ThrowsAny<Exception>(() => pool.Return(connection)).Message, StringComparison.Ordinal);
        }

        pool.Return(connection);
    }
#endif

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_pooled_context_that_was_left_in_any_state_is_clean_for_the_next_request(string mark)
    {
        var source = $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb";
        // The database in memory lives as long as a connection.
        await using var living = new Microsoft.Data.Sqlite.SqliteConnection($"{source};Pooling=False");
        await living.OpenAsync(TestContext.Current.CancellationToken);
        await using var services = new ServiceCollection()
            .AddPooledDbContextFactory<NotesDb>(options => options.UseSqlite(source).UseFastSqlite(), poolSize: 1)
            .BuildServiceProvider();
        var factory = services.GetRequiredService<IDbContextFactory<NotesDb>>();
        await using (var first = factory.CreateDbContext())
        {
            await first.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        }

        for (var turn = 0; turn < 3; turn++)
        {
            await using var db = factory.CreateDbContext();
            var connection = (RoutingSqliteConnection)db.Database.GetDbConnection();
            Assert.True(connection.IsClean);
            await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, await db.AddAsync("kept"));
            await db.Database.CloseConnectionAsync();
            await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
            if (!mark.StartsWith("a write", StringComparison.Ordinal))
            {
                Marks[mark](connection);
            }
        }

        await using var last = factory.CreateDbContext();
        Assert.Equal(3, await last.Notes.CountAsync(TestContext.Current.CancellationToken));
    }

    private static RoutingSqliteConnection Connect(FastSqliteOptions fast) => new(fast, $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb");

    private static int Run(RoutingSqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteNonQuery();
    }

    private static System.Data.Common.DbDataReader Read(RoutingSqliteConnection connection)
    {
        System.Data.Common.DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT 1 UNION ALL SELECT 2";
        var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        return reader;
    }
}
