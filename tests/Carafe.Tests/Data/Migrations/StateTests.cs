namespace Carafe.Tests.Data.Migrations;

/// <summary>A database in a state that nobody wanted: each command says in a sentence what to do next, and changes nothing.</summary>
public class StateTests
{
    private const string Classes = "public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; }";

    [Theory]
    [InlineData("current")]
    [InlineData("history")]
    [InlineData("check")]
    [InlineData("downgrade")]
    [InlineData("stamp", "head")]
    [InlineData("backup", "copy.db")]
    public async Task A_database_that_is_not_there_is_told_and_not_made(params string[] command)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-missing-");
        try
        {
            var args = command is ["backup", var name] ? ["backup", Path.Combine(folder.FullName, name)] : command;
            Assert.Equal($"There is no database at {folder.FullName}/app.db yet. 'db upgrade' makes it.\n", await (await FirstAsync())
                .FailsAsync($"sqlite:///{folder.FullName}/app.db", ["db", .. args]));
            Assert.Empty(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_script_for_a_database_that_is_not_there_is_the_whole_one_and_makes_none()
    {
        var folder = Directory.CreateTempSubdirectory("carafe-missing-");
        try
        {
            var (code, output) = await (await FirstAsync()).RunAsync($"sqlite:///{folder.FullName}/app.db", "db", "upgrade", "--sql");
            Assert.True(code == 0, output);
            Assert.Contains("CREATE TABLE \"book\"", output, StringComparison.Ordinal);
            Assert.Empty(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("current")]
    [InlineData("history")]
    [InlineData("check")]
    [InlineData("upgrade")]
    [InlineData("stamp", "head")]
    public async Task A_file_that_is_no_database_is_told_and_left_alone(params string[] command)
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        var file = database.Url["sqlite:///".Length..];
        var text = string.Concat(Enumerable.Repeat("This is no database. ", 400));
        await File.WriteAllTextAsync(file, text);
        Assert.Contains("not a database", await (await FirstAsync()).FailsAsync(database.Url, ["db", .. command]), StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(file));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Another_apps_history_cannot_be_stamped_over(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var other = await new CompiledModel(Lab.Source("public class Tree { public int Id { get; set; } }", "model.Entity<Tree>();")).MigrateAsync("Trees");
        await other.OkAsync(database.Url, "db", "upgrade");

        var output = await (await FirstAsync()).FailsAsync(database.Url, "db", "stamp", "head");

        Assert.Contains("belongs to another app", output, StringComparison.Ordinal);
        await other.OkAsync(database.Url, "db", "check");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Migrations_that_were_squashed_are_stamped_where_the_tables_are_those_of_the_models(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await (await FirstAsync()).OkAsync(database.Url, "db", "upgrade");
        var squashed = await new CompiledModel(Lab.Source(Classes, "model.Entity<Book>();")).MigrateAsync("Squashed");

        foreach (var command in new[] { "upgrade", "check" })
        {
            Assert.Contains("db stamp head", await squashed.FailsAsync(database.Url, "db", command), StringComparison.Ordinal);
        }

        await squashed.OkAsync(database.Url, "db", "stamp", "head");
        await squashed.OkAsync(database.Url, "db", "check");
        Assert.Equal((0, "Nothing to do.\n"), await squashed.RunAsync(database.Url, "db", "upgrade"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task One_that_is_pending_in_the_middle_is_named_and_applied(string kind)
    {
        var one = await FirstAsync();
        var two = await one.Then(Source("public string? Two { get; set; }")).MigrateAsync("Two");
        var three = await two.Then(Source("public string? Two { get; set; } public string? Three { get; set; }")).MigrateAsync("Three");
        await using var database = await TestDatabase.CreateAsync(kind);
        await three.OkAsync(database.Url, "db", "upgrade");
        await three.ExecuteAsync(database.Url, "DELETE FROM \"__EFMigrationsHistory\" WHERE " + "migration_id"
            + " LIKE '%Two'; ALTER TABLE book DROP COLUMN two");

        Assert.Contains("_Two: 'db upgrade' applies it", (await three.RunAsync(database.Url, "db", "current")).Output, StringComparison.Ordinal);
        Assert.Contains("Downgraded", (await three.RunAsync(database.Url, "db", "downgrade")).Output, StringComparison.Ordinal);
        await three.OkAsync(database.Url, "db", "upgrade");
        await three.OkAsync(database.Url, "db", "check");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task An_older_backup_replaces_a_newer_schema_and_is_upgraded(string kind)
    {
        var one = await FirstAsync();
        var two = await one.Then(Lab.Source(Classes + "public class Page { public int Id { get; set; } public int BookId { get; set; } }",
            "model.Entity<Book>(); model.Entity<Page>().HasOne<Book>().WithMany().HasForeignKey(page => page.BookId);"))
            .MigrateAsync("Two");
        await using var database = await TestDatabase.CreateAsync(kind);
        var folder = Directory.CreateTempSubdirectory("carafe-backup-");
        try
        {
            var file = Path.Combine(folder.FullName, "old");
            await one.OkAsync(database.Url, "db", "upgrade");
            await one.ExecuteAsync(database.Url, "INSERT INTO book (title) VALUES ('kept')");
            await one.OkAsync(database.Url, "db", "backup", file);
            await two.OkAsync(database.Url, "db", "upgrade");
            await two.ExecuteAsync(database.Url, "INSERT INTO book (title) VALUES ('lost'); INSERT INTO page (book_id) VALUES (1)");

            await two.OkAsync(database.Url, "db", "restore", file);

            Assert.Equal(["kept"], await two.QueryAsync(database.Url, "SELECT title FROM book"));
            await two.OkAsync(database.Url, "db", "upgrade");
            await two.OkAsync(database.Url, "db", "check");
            Assert.Empty(await two.QueryAsync(database.Url, "SELECT id FROM page"));
            await two.ExecuteAsync(database.Url, "INSERT INTO book (title) VALUES ('next')");
            Assert.Equal(["1|kept", "2|next"], await two.QueryAsync(database.Url, "SELECT id, title FROM book ORDER BY id"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_unique_index_over_rows_that_are_alike_names_the_values(string kind)
    {
        var one = await FirstAsync();
        var two = await one.Then(Lab.Source(Classes, "model.Entity<Book>().HasIndex(book => book.Title).IsUnique();")).MigrateAsync("Two");
        await using var database = await TestDatabase.CreateAsync(kind);
        await one.OkAsync(database.Url, "db", "upgrade");
        await one.ExecuteAsync(database.Url, "INSERT INTO book (title) VALUES ('a'), ('same'), ('same')");

        Assert.Contains("'same' (2 rows)", await two.FailsAsync(database.Url, "db", "upgrade"), StringComparison.Ordinal);
        Assert.Equal(["3"], await one.QueryAsync(database.Url, "SELECT count(*) FROM book"));
    }

    private static string Source(string members) => Lab.Source(Classes.Insert(Classes.LastIndexOf('}'), members), "model.Entity<Book>();");

    private static Task<CompiledModel> FirstAsync() => new CompiledModel(Lab.Source(Classes, "model.Entity<Book>();")).MigrateAsync("First");
}
