using Carafe.Data.Migrations;

namespace Carafe.Tests.Data.Migrations;

/// <summary>What a model alone does not tell is asked, and what is lost is confirmed.</summary>
public class RenameTests
{
    private const string Before = "public class Post { public int Id { get; set; } public string Notes { get; set; } = \"\"; public int Stars { get; set; } }";
    private const string Renamed =
        "public class Post { public int Id { get; set; } public string Summary { get; set; } = \"\"; public int Stars { get; set; } }";

    [Fact]
    public async Task A_column_that_goes_and_one_of_its_type_that_comes_are_a_question()
    {
        var first = await FirstAsync();
        var fault = await Assert.ThrowsAsync<CommandException>(() => Next(first, Renamed).TryMigrateAsync("Second", new([], false, true)));
        Assert.Contains("--rename post.notes=summary", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--no-rename", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite, "notes=summary")]
    [InlineData(TestDatabase.Postgres, "post.notes=summary")]
    public async Task A_rename_keeps_the_data_there_and_back_and_is_printed(string kind, string rename)
    {
        var first = await FirstAsync();
        var (second, notes) = await Next(first, Renamed).TryMigrateAsync("Second", new([Rename.Parse(rename)], false, false));
        Assert.Contains(notes, note => note.StartsWith("Renames post.notes to summary.", StringComparison.Ordinal));
        await using var database = await FilledAsync(kind, first);
        await second.OkAsync(database.Url, "db", "upgrade");
        Assert.Equal(["old|5"], await second.QueryAsync(database.Url, "SELECT summary, stars FROM post"));
        await second.OkAsync(database.Url, "db", "downgrade");
        Assert.Equal(["old|5"], await second.QueryAsync(database.Url, "SELECT notes, stars FROM post"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_table_and_a_column_of_another_type_can_be_renamed_too(string kind)
    {
        var first = await FirstAsync();
        var source = Lab.Source(
            "public class Article { public int Id { get; set; } public string Notes { get; set; } = \"\"; public long Rating { get; set; } }",
            "model.Entity<Article>();");
        var (second, _) = await first.Then(source)
            .TryMigrateAsync("Second", new([Rename.Parse("post=article"), Rename.Parse("article.stars=rating")], false, false));
        await using var database = await FilledAsync(kind, first);
        await second.OkAsync(database.Url, "db", "upgrade");
        Assert.Equal(["old|5"], await second.QueryAsync(database.Url, "SELECT notes, rating FROM article"));
        await second.OkAsync(database.Url, "db", "check");
    }

    [Fact]
    public async Task Data_goes_only_where_that_was_said()
    {
        var first = await FirstAsync();
        var fault = await Assert.ThrowsAsync<CommandException>(() => Next(first, Renamed).TryMigrateAsync("Second", new([], true, false)));
        Assert.Contains("drops post.notes", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--accept-data-loss", fault.Message, StringComparison.Ordinal);
        var (second, notes) = await Next(first, Renamed).TryMigrateAsync("Second", new([], true, true));
        Assert.Contains("Loses data: drops post.notes", notes);
        await using var database = await FilledAsync(TestDatabase.Sqlite, first);
        await second.OkAsync(database.Url, "db", "upgrade");
        Assert.Equal(["|5"], await second.QueryAsync(database.Url, "SELECT summary, stars FROM post"));
    }

    [Fact]
    public async Task A_rename_that_the_models_do_not_have_is_an_error()
    {
        var first = await FirstAsync();
        var fault = await Assert.ThrowsAsync<CommandException>(() => Next(first, Renamed)
            .TryMigrateAsync("Second", new([Rename.Parse("notes=sumary")], true, true)));
        Assert.Contains("no such change", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public string Notes { get; set; } = \"\";", "public string? Notes { get; set; }", "Makes post.notes required.")]
    [InlineData("public long Stars { get; set; }", "public int Stars { get; set; }", "Changes post.stars from int to long.")]
    public async Task What_the_running_version_does_not_survive_is_told(string now, string before, string note)
    {
        var first = await Model(Before.Replace(now, before, StringComparison.Ordinal)).MigrateAsync("First");
        var (_, notes) = await Next(first, Before.Replace(before, now, StringComparison.Ordinal)).TryMigrateAsync("Second", new([], false, false));
        Assert.Contains(notes, line => line.StartsWith(note, StringComparison.Ordinal)
            && line.Contains("Breaks the version that runs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("Down")]
    [InlineData("migration")]
    [InlineData("lab")]
    [InlineData("lab db")]
    [InlineData("post")]
    [InlineData("date time offset")]
    [InlineData("2 more columns")]
    [InlineData("добавить поле")]
    [InlineData("über Größe")]
    [InlineData("mood: \"quotes\" & \\slashes/ ; 'x'")]
    public async Task Any_message_becomes_a_name_that_compiles(string message) => await NamedAsync(message);

    [Fact]
    public async Task A_long_message_is_cut_to_what_the_history_and_the_file_system_keep() =>
        await NamedAsync(string.Concat(Enumerable.Repeat("длинное ", 40)));

    private static async Task NamedAsync(string message)
    {
        foreach (var kind in new[] { TestDatabase.Sqlite, TestDatabase.Postgres })
        {
            var model = await Model(Before).MigrateAsync(MigrationName.Of(message));
            await using var database = await TestDatabase.CreateAsync(kind);
            await model.OkAsync(database.Url, "db", "upgrade");
            await model.OkAsync(database.Url, "db", "check");
        }
    }

    private static CompiledModel Model(string classes) => new(Lab.Source(classes, "model.Entity<Post>();"));

    private static CompiledModel Next(CompiledModel model, string classes) => model.Then(Lab.Source(classes, "model.Entity<Post>();"));

    private static Task<CompiledModel> FirstAsync() => Model(Before).MigrateAsync("First");

    private static async Task<ITestDatabase> FilledAsync(string kind, CompiledModel first)
    {
        var database = await TestDatabase.CreateAsync(kind);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, "INSERT INTO post (notes, stars) VALUES ('old', 5)");
        return database;
    }
}
