namespace Carafe.Tests.Data.Migrations;

/// <summary>Two migrations that were written from one base and meet in one build.</summary>
public class BranchTests
{
    private const string Base = "public class Book { public int Id { get; set; } public string? Title { get; set; } }";
    private const string WithColumn =
        "public class Book { public int Id { get; set; } public string? Title { get; set; } public string? Subtitle { get; set; } }";
    private const string Required = "public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; }";
    private const string Both =
        "public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; public string? Subtitle { get; set; } }";

    [Theory]
    [InlineData(TestDatabase.Sqlite, true)]
    [InlineData(TestDatabase.Sqlite, false)]
    [InlineData(TestDatabase.Postgres, true)]
    [InlineData(TestDatabase.Postgres, false)]
    public async Task A_branch_that_was_applied_keeps_its_column_and_its_rows_when_the_other_one_follows(string kind, bool columnFirst)
    {
        var start = await Model(Base).MigrateAsync("First");
        var (one, other) = (await BranchAsync(start, WithColumn, "Subtitle"), await BranchAsync(start, Required, "Required"));
        await using var database = await TestDatabase.CreateAsync(kind);
        var (first, second) = columnFirst ? (one, other) : (other, one);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, columnFirst ? "INSERT INTO book (title, subtitle) VALUES ('a', 'b')" : "INSERT INTO book (title) VALUES ('a')");

        var both = await BothAsync(first, second);
        foreach (var command in new[] { "upgrade", "check" })
        {
            var output = await both.FailsAsync(database.Url, "db", command);
            Assert.Contains("two branches that have not been merged", output, StringComparison.Ordinal);
            Assert.Contains("db merge", output, StringComparison.Ordinal);
        }

        var merged = await both.MergeAsync("Meet");
        await merged.OkAsync(database.Url, "db", "upgrade");

        Assert.Equal([columnFirst ? "a|b" : "a|null"], await merged.QueryAsync(database.Url, "SELECT title, subtitle FROM book"));
        Assert.Equal((0, "The models, the migrations and the database agree.\n"), await merged.RunAsync(database.Url, "db", "check"));
    }

    [Fact]
    public async Task A_column_that_was_left_in_the_database_on_purpose_is_no_branch()
    {
        var first = await Model(WithColumn).MigrateAsync("First");
        var second = await first.Then(Lab.Source(Base, "model.Entity<Book>();")).MigrateAsync("Second");
        var kept = new CompiledModel([.. second.Sources.Select(source =>
            System.Text.RegularExpressions.Regex.Replace(source, @"migrationBuilder\.DropColumn\([^;]*;", ""))]);
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await kept.OkAsync(database.Url, "db", "upgrade");
        await kept.OkAsync(database.Url, "db", "check");
    }

    private static CompiledModel Model(string classes) => new(Lab.Source(classes, "model.Entity<Book>();"));

    private static Task<CompiledModel> BranchAsync(CompiledModel start, string classes, string name) =>
        start.Then(Lab.Source(classes, "model.Entity<Book>();")).MigrateAsync(name);

    // Git merges the files; of the snapshot, which both have changed, both changes are taken.
    private static async Task<CompiledModel> BothAsync(CompiledModel first, CompiledModel second)
    {
        var snapshot = (await Model(Both).MigrateAsync("Whole")).Sources.Single(source => source.Contains(": ModelSnapshot", StringComparison.Ordinal));
        var files = first.Sources.Concat(second.Sources).Distinct()
            .Where(source => !source.Contains("namespace Lab;", StringComparison.Ordinal) && !source.Contains(": ModelSnapshot", StringComparison.Ordinal));
        return new CompiledModel([Lab.Source(Both, "model.Entity<Book>();"), .. files, snapshot]);
    }
}
