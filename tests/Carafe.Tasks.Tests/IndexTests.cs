using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Tests;

/// <summary>What workers and the page ask again and again is found by an index, however many tasks there are.</summary>
public sealed class IndexTests
{
    private const string Newest = "the newest";

    // The newest hundred have no condition: the index of the ids is read from its end, as far as the limit.
    private static readonly string[] ReadToTheLimit = [Newest];

    private static readonly (string, object?)[] Values =
    [
        ("state", 4), ("step", 500), ("keep", 1L), ("lane0", "default"), ("lane1", "other"), ("lane", "default"), ("take", 8),
        ("worker", Guid.NewGuid()),
    ];

    private static Dictionary<string, string> Written => new()
    {
        ["promote"] = ClaimStore.Promote,
        ["peek"] = ClaimStore.Peek(2),
        ["running"] = ClaimStore.Running,
        ["prune"] = WorkerStore.Prune,
        ["rescue"] = WorkerStore.Rescue,
        ["expire"] = WorkerStore.End("NULL", WorkerStore.Expire),
        ["skip"] = WorkerStore.End("NULL", WorkerStore.Skip),
        ["park"] = WorkerStore.End("NULL", WorkerStore.ParkBlocked),
        ["queues"] = TaskReader.Counts,
    };

    public static TheoryData<string> Statements => [.. Written.Keys, .. Enum.GetNames<TaskState>(), Newest];

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task SQLite_searches_an_index(string statement)
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        AssertSearched(statement, await PlanOnSqliteAsync(app, statement));
    }

    [Fact]
    public async Task SQLite_claims_in_the_order_of_an_index()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var plan = await PlanOnSqliteAsync(app, ClaimStore.OnSqlite);

        AssertSearched("claim", plan);
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PostgreSQL_can_search_an_index()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Postgres);
        foreach (var statement in Statements.Select(row => row.Data).Append(ClaimStore.OnPostgres))
        {
            var plan = await ExplainAsync(app, "EXPLAIN (FORMAT JSON)", statement, 0, "SET enable_seqscan = off; SET enable_sort = off");
            using var json = JsonDocument.Parse(string.Concat(plan));
            var steps = Steps(json.RootElement[0].GetProperty("Plan")).ToList();
            Assert.DoesNotContain(steps, step => Type(step) == "Sort");
            var scans = steps.Where(IsOfTasks).ToList();
            Assert.NotEmpty(scans);
            Assert.All(scans, scan => Assert.True(ReadToTheLimit.Contains(statement) ? Type(scan) == "Index Scan" : scan.TryGetProperty("Index Cond", out _),
                $"{statement}: {scan}"));
        }
    }

    // A bitmap's heap scan is of what its index scan, a step of its own, has found.
    private static bool IsOfTasks(JsonElement step) => Type(step) switch
    {
        "Bitmap Heap Scan" or "ModifyTable" => false,
        "Bitmap Index Scan" => step.GetProperty("Index Name").GetString()!.Contains("_tasks", StringComparison.Ordinal),
        _ => step.TryGetProperty("Relation Name", out var table) && table.GetString() == "tasks",
    };

    private static string Type(JsonElement step) => step.GetProperty("Node Type").GetString()!;

    private static IEnumerable<JsonElement> Steps(JsonElement step) =>
        step.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Steps).Prepend(step) : [step];

    private static void AssertSearched(string statement, IReadOnlyList<string> plan)
    {
        var scans = plan.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal)).ToList();
        if (ReadToTheLimit.Contains(statement))
        {
            Assert.Equal(["SCAN t USING INDEX sqlite_autoindex_tasks_1"], plan);
            return;
        }

        Assert.True(scans.All(step => step == "SCAN CONSTANT ROW"), string.Join('\n', plan));
        Assert.Contains(plan, step => step.StartsWith("SEARCH", StringComparison.Ordinal));
        // Equal times may be sorted by their ids, which is of the last term.
        Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", plan);
    }

    private static Task<List<string>> PlanOnSqliteAsync(TestApp app, string statement) => ExplainAsync(app, "EXPLAIN QUERY PLAN", statement, 3, "SELECT 1");

    private static Task<List<string>> ExplainAsync(TestApp app, string explain, string statement, int column, string before)
    {
        var database = app.Services.GetRequiredService<TaskDatabase>();
        return database.WithAsync(async db =>
        {
            var (sql, values) = Sql(db, statement);
            await db.Database.OpenConnectionAsync();
            await database.ExecuteAsync(db, before, default);
            return await database.QueryAsync(db, $"{explain} {sql}", row => row.GetString(column), default, values);
        });
    }

    private static (string Sql, (string, object?)[] Values) Sql(DbContext db, string statement)
    {
        if (statement == Newest || Enum.IsDefined(typeof(TaskState), statement))
        {
            using var list = TaskReader.Rows(db, statement == Newest ? null : Enum.Parse<TaskState>(statement), null, null, 100).CreateDbCommand();
            return (list.CommandText, [.. list.Parameters.Cast<DbParameter>().Select(value => (value.ParameterName, value.Value))]);
        }

        var sql = Written.GetValueOrDefault(statement, statement);
        return (sql, [.. Values.Where(value => Regex.IsMatch(sql, $"@{value.Item1}\\b"))]);
    }
}
