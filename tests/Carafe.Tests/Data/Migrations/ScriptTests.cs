namespace Carafe.Tests.Data.Migrations;

/// <summary>The script that somebody else runs.</summary>
public class ScriptTests
{
    private const string Before = "public class Book { public int Id { get; set; } public string? Title { get; set; } public int Pages { get; set; } }";
    private const string After = "public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; public long Pages { get; set; } }";

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task It_does_what_the_command_does_a_transaction_for_each_step(string kind)
    {
        var first = await Model(Before).MigrateAsync("First");
        var second = await first.Then(Lab.Source(After, "model.Entity<Book>();")).MigrateAsync("Second");
        await using var database = await TestDatabase.CreateAsync(kind);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, "INSERT INTO book (title, pages) VALUES ('a', 1)");

        var (code, script) = await second.RunAsync(database.Url, "db", "upgrade", "--sql");
        Assert.True(code == 0, script);
        Assert.Contains(kind == TestDatabase.Sqlite ? ".bail on\n" : "\\set ON_ERROR_STOP on\n", script, StringComparison.Ordinal);
        Assert.Equal(1, script.Split("BEGIN;\n").Length - 1);
        Assert.Equal(1, script.Split("COMMIT;\n").Length - 1);

        await RunAsync(kind, first, database.Url, script);
        Assert.Equal(["a|1"], await second.QueryAsync(database.Url, "SELECT title, pages FROM book"));
        await second.OkAsync(database.Url, "db", "check");
    }

    [Fact]
    public async Task A_statement_that_fails_leaves_its_step_out_of_the_history()
    {
        var first = await Model(Before).MigrateAsync("First");
        var second = await first.Then(Lab.Source(After, "model.Entity<Book>();")).MigrateAsync("Second");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await first.OkAsync(database.Url, "db", "upgrade");
        var (_, script) = await second.RunAsync(database.Url, "db", "upgrade", "--sql");
        await first.ExecuteAsync(database.Url, "DROP TABLE book");

        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(TestDatabase.Postgres, first, database.Url, script));
        Assert.Equal(["1"], await second.QueryAsync(database.Url, "SELECT count(*) FROM \"__EFMigrationsHistory\""));
    }

    private static CompiledModel Model(string classes) => new(Lab.Source(classes, "model.Entity<Book>();"));

    // Without the lines that speak to the tool.
    private static Task RunAsync(string kind, CompiledModel model, string url, string script) => model.ExecuteAsync(
        url,
        string.Join('\n', script.Split('\n').Where(line => !line.StartsWith(kind == TestDatabase.Sqlite ? ".bail" : "\\set", StringComparison.Ordinal))));
}
