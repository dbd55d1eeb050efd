namespace Carafe.Tests.Data;

public class DatabaseCommandTests
{
    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Replicas_that_upgrade_at_once_do_it_once(string kind)
    {
        var model = await FirstAsync();
        await using var database = await TestDatabase.CreateAsync(kind);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => model.RunAsync(database.Url, "db", "upgrade"))));
        Assert.All(answers, answer => Assert.True(answer.Code == 0, answer.Output));
        Assert.Single(answers, answer => answer.Output.StartsWith("Upgraded", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_database_that_is_behind_ahead_or_of_another_app_is_named_and_left_alone(string kind)
    {
        var model = await FirstAsync();
        await using var database = await TestDatabase.CreateAsync(kind);
        await FailsAsync(model, database.Url, "The database is behind by 1", "db", "check");
        await OkAsync(model, database.Url, "db", "upgrade");
        await OkAsync(model, database.Url, "db", "check");
        await FailsAsync(model, database.Url, "There is no migration 'nope'", "db", "upgrade", "nope");
        await FailsAsync(model, database.Url, "There is no migration -2", "db", "downgrade", "-2");

        // What an older build of the same app says, and another app.
        var other = await new CompiledModel(MigrationTests.First.Replace("Book", "Tome", StringComparison.Ordinal)).MigrateAsync("Tomes");
        await FailsAsync(other, database.Url, "belongs to another app", "db", "upgrade");
        await FailsAsync(other, database.Url, "belongs to another app", "db", "check");
        await OkAsync(model, database.Url, "db", "check");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_backup_restores_and_a_broken_one_changes_nothing(string kind)
    {
        var model = await FirstAsync();
        await using var database = await TestDatabase.CreateAsync(kind);
        var folder = Directory.CreateTempSubdirectory("carafe-backup-");
        try
        {
            var file = Path.Combine(folder.FullName, "app.backup");
            await OkAsync(model, database.Url, "db", "upgrade");
            await OkAsync(model, database.Url, "db", "backup", file);
            await FailsAsync(model, database.Url, "exists already", "db", "backup", file);
            await FailsAsync(model, database.Url, "does not exist", "db", "backup", Path.Combine(folder.FullName, "nowhere", "x"));

            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            var half = Path.Combine(folder.FullName, "half.backup");
            await File.WriteAllBytesAsync(half, bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
            await FailsAsync(model, database.Url, "", "db", "restore", half);
            await OkAsync(model, database.Url, "db", "check");

            await using var elsewhere = await TestDatabase.CreateAsync(kind);
            await OkAsync(model, elsewhere.Url, "db", "restore", file);
            await OkAsync(model, elsewhere.Url, "db", "check");
            Assert.Single(folder.GetFiles(), left => left.Name == "half.backup");
            Assert.Equal(2, folder.GetFiles().Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Sql_is_printed_and_not_run(string kind)
    {
        var model = await FirstAsync();
        await using var database = await TestDatabase.CreateAsync(kind);
        var (code, output) = await model.RunAsync(database.Url, "db", "upgrade", "--sql");
        Assert.True(code == 0, output);
        Assert.Contains("CREATE TABLE", output, StringComparison.Ordinal);
        Assert.Equal((0, "base\n"), await model.RunAsync(database.Url, "db", "current"));
    }

    [Theory]
    [InlineData(0, "run", "--migrate")]
    [InlineData(0, "--migrate")]
    [InlineData(1, "run")]
    public async Task Run_migrates_first_where_it_is_told_to(int behind, params string[] args)
    {
        var model = await FirstAsync();
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        Assert.Equal((0, ""), await model.StartAsync(database.Url, args));
        Assert.Equal(behind, (await model.RunAsync(database.Url, "db", "check")).Code);
    }

    [Fact]
    public async Task A_missing_directory_is_said_in_a_line()
    {
        var (code, output) = await (await FirstAsync()).RunAsync("sqlite:////nowhere/app.db", "db", "upgrade");
        Assert.Equal(1, code);
        Assert.Equal("/nowhere/app.db cannot be opened: the directory /nowhere does not exist.\n", output);
    }

    private static Task<CompiledModel> FirstAsync() => new CompiledModel(MigrationTests.First).MigrateAsync("First");

    private static async Task OkAsync(CompiledModel model, string url, params string[] args)
    {
        var (code, output) = await model.RunAsync(url, args);
        Assert.True(code == 0, output);
    }

    private static async Task FailsAsync(CompiledModel model, string url, string saying, params string[] args)
    {
        var (code, output) = await model.RunAsync(url, args);
        Assert.Equal(1, code);
        Assert.Contains(saying, output, StringComparison.Ordinal);
    }
}
