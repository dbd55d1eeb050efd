using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Tests;

/// <summary>What workers and the page ask again and again is found by an index, however many tasks there are.</summary>
public sealed class IndexTests
{
    public static TheoryData<string> Statements =>
    [
        ClaimStore.Promote,
        WorkerStore.Prune,
        WorkerStore.Rescue,
        $"SELECT t.id FROM tasks AS t WHERE {WorkerStore.Expire} LIMIT 500",
        $"SELECT t.id FROM tasks AS t WHERE {WorkerStore.Skip} LIMIT 500",
        $"SELECT t.id FROM tasks AS t WHERE {WorkerStore.ParkBlocked} LIMIT 500",
        TaskReader.Counts,
        "SELECT next_at FROM tasks WHERE state = 0 ORDER BY next_at LIMIT 1",
        "SELECT * FROM tasks WHERE state = 5 ORDER BY next_at DESC, id DESC LIMIT 100",
        "SELECT * FROM tasks ORDER BY id DESC LIMIT 100",
    ];

    private static readonly (string, object?)[] Values =
        [("state", 4), ("step", 500), ("keep", 1L), ("lane", "default"), ("take", 8), ("worker", Guid.NewGuid())];

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task SQLite_reads_no_table_to_its_end(string sql) => await AssertOnSqliteAsync(sql);

    [Fact]
    public async Task SQLite_claims_in_the_order_of_an_index()
    {
        var plan = await AssertOnSqliteAsync(ClaimStore.OnSqlite);

        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostgreSQL_needs_to_read_no_table_to_its_end()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Postgres);
        foreach (var sql in Statements.Select(row => row.Data).Append(ClaimStore.OnPostgres))
        {
            var plan = await ExplainAsync(app, "EXPLAIN", sql, 0, "SET enable_seqscan = off");
            Assert.DoesNotContain("Seq Scan on tasks", plan, StringComparison.Ordinal);
        }
    }

    private static async Task<string> AssertOnSqliteAsync(string sql)
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var plan = await ExplainAsync(app, "EXPLAIN QUERY PLAN", sql, 3, "SELECT 1");
        foreach (var line in plan.Split('\n').Where(line => line.StartsWith("SCAN", StringComparison.Ordinal)))
        {
            Assert.Contains(" USING ", line, StringComparison.Ordinal);
        }

        return plan;
    }

    private static Task<string> ExplainAsync(TestApp app, string explain, string sql, int column, string before)
    {
        var database = app.Services.GetRequiredService<TaskDatabase>();
        var values = Values.Where(value => sql.Contains($"@{value.Item1}", StringComparison.Ordinal)).ToArray();
        return database.WithAsync(async db =>
        {
            await db.Database.OpenConnectionAsync();
            await database.ExecuteAsync(db, before, default);
            return string.Join('\n', await database.QueryAsync(db, $"{explain} {sql}", row => row.GetString(column), default, values));
        });
    }
}
