using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Models;

/// <summary>A model of two dozen entities goes through steps chosen at random, there and back, with rows, on both databases.</summary>
public class GeneratedModelTests
{
    private const int Steps = 10;

    // What people make by hand, and no model knows.
    private static readonly Dictionary<string, string> ByHand = new()
    {
        [TestDatabase.Sqlite] = """
            CREATE TABLE ledger_log (id INTEGER PRIMARY KEY, line TEXT);
            CREATE TRIGGER ledger_added AFTER INSERT ON ledger BEGIN INSERT INTO ledger_log (line) VALUES ('added ' || new.title); END;
            CREATE VIEW ledger_titles AS SELECT id, title FROM ledger WHERE sum > 0;
            CREATE INDEX ix_ledger_lower ON ledger (lower(title));
            """,
        [TestDatabase.Postgres] = """
            CREATE TABLE ledger_log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line text);
            CREATE FUNCTION ledger_note() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO ledger_log (line) VALUES ('added ' || new.title); RETURN new; END $$;
            CREATE TRIGGER ledger_added AFTER INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_note();
            CREATE VIEW ledger_titles AS SELECT id, title FROM ledger WHERE sum > 0;
            CREATE INDEX ix_ledger_lower ON ledger (lower(title));
            """,
    };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(Sampling.Seed, Sampling.IsWhole ? 10 : 1)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_value_comes_through_every_step_and_back(int seed)
    {
        var walk = await ModelWalk.BeginAsync(seed);
        await using var lite = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await using var large = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        var sides = new[] { (Kind: TestDatabase.Sqlite, lite.Url), (Kind: TestDatabase.Postgres, large.Url) };
        foreach (var (kind, url) in sides)
        {
            await walk.Model.OkAsync(url, "db", "upgrade");
            await walk.Model.ExecuteAsync(url, ByHand[kind]);
            await ModelRows.FillAsync(walk.Model, url, walk.GeneratedModel);
        }

        await walk.NoteAsync(sides);
        for (var step = 1; step <= Steps; step++)
        {
            await walk.StepAsync(step, sides);
        }

        for (var step = Steps; step > 0; step--)
        {
            await walk.BackAsync(step, sides);
        }

        foreach (var (kind, url) in sides)
        {
            await walk.Model.OkAsync(url, "db", "upgrade");
            await walk.Model.OkAsync(url, "db", "check");
            await walk.Model.ExecuteAsync(url, "INSERT INTO ledger_log (line) SELECT 'looked at ' || count(*) FROM ledger_titles");
            Assert.Equal(["added Title 1", "added Title 2", "added Title 3", "looked at 3"],
                await walk.Model.QueryAsync(url, "SELECT line FROM ledger_log ORDER BY id"));
            await using var fresh = await TestDatabase.CreateAsync(kind);
            await walk.Model.OkAsync(fresh.Url, "db", "upgrade");
            await walk.Model.ExecuteAsync(fresh.Url, ByHand[kind]);
            Assert.Equal(await walk.Model.WithAsync(fresh.Url, SchemaText.ReadAsync), await walk.Model.WithAsync(url, SchemaText.ReadAsync));
        }
    }
}
