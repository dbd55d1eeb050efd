using Microsoft.AspNetCore.TestHost;

namespace Carafe.Tests.Data;

/// <summary>What a schema must not be left as, or be served with.</summary>
public class SchemaSafetyTests
{
    private const string EndOfUp = "        }\n\n        /// <inheritdoc />\n        protected override void Down";

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_migration_that_breaks_in_the_middle_leaves_nothing_and_is_applied_once_when_it_is_mended(string kind)
    {
        var mended = await new CompiledModel(MigrationTests.First).MigrateAsync("First");
        var broken = new CompiledModel(
            [.. mended.Sources.Select(
                source => source.Replace(EndOfUp, $"            migrationBuilder.Sql(\"INSERT INTO nowhere VALUES (1)\");\n{EndOfUp}",
                    StringComparison.Ordinal))]);
        await using var database = await TestDatabase.CreateAsync(kind);

        var (code, output) = await broken.RunAsync(database.Url, "db", "upgrade");
        Assert.Equal(1, code);
        Assert.Contains("nowhere", output, StringComparison.Ordinal);
        Assert.Equal(1, (await broken.ServeAsync(database.Url)).Code);
        Assert.Equal((0, "base\n"), await mended.RunAsync(database.Url, "db", "current"));
        Assert.Equal(0, (await mended.RunAsync(database.Url, "db", "upgrade")).Code);
        Assert.Equal((0, "Nothing to do.\n"), await mended.RunAsync(database.Url, "db", "upgrade"));
        Assert.Equal((0, "The models, the migrations and the database agree.\n"), await mended.RunAsync(database.Url, "db", "check"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_schema_that_is_newer_than_the_build_is_refused_and_left_as_it_is(string kind)
    {
        var old = await new CompiledModel(MigrationTests.First).MigrateAsync("First");
        var model = MigrationTests.First.Replace("public bool Sold", "public bool Lent { get; set; } public bool Sold", StringComparison.Ordinal);
        var recent = await new CompiledModel([model, .. old.Sources.Where(source => source != MigrationTests.First)]).MigrateAsync("Second");
        await using var database = await TestDatabase.CreateAsync(kind);
        Assert.Equal(0, (await recent.RunAsync(database.Url, "db", "upgrade")).Code);

        foreach (var (code, output) in new[] { await old.RunAsync(database.Url, "db", "upgrade"), await old.RunAsync(database.Url, "db", "downgrade", "base"),
            await old.ServeAsync(database.Url) })
        {
            Assert.Equal(1, code);
            Assert.Contains("The database is newer than this build: it has ", output, StringComparison.Ordinal);
            Assert.Contains("Nothing was changed.", output, StringComparison.Ordinal);
        }

        Assert.Equal((0, "The models, the migrations and the database agree.\n"), await recent.RunAsync(database.Url, "db", "check"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task In_Production_a_schema_that_is_behind_stays_and_readyz_names_it(string kind)
    {
        var model = await new CompiledModel(MigrationTests.First).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var app = model.Create(database.Url, environment: "Production");
        app.UseCarafe();
        app.MapHealth();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();

        var body = await client.GetAsync("/readyz", TestContext.Current.CancellationToken).ExpectError(503);
        Assert.Equal("Not ready: schema.", body.Message);
        Assert.Equal((0, "base\n"), await model.RunAsync(database.Url, "db", "current"));

        Assert.Equal(0, (await model.RunAsync(database.Url, "db", "upgrade")).Code);
        await client.GetAsync("/readyz", TestContext.Current.CancellationToken).Expect(200);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_said_in_a_line()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc takes no files, from root either.");
        var model = await new CompiledModel(MigrationTests.First).MigrateAsync("First");

        Assert.Equal((1, "/proc/app.db cannot be opened: the directory /proc is not writable, or the file is not readable.\n"),
            await model.RunAsync("sqlite:////proc/app.db", "db", "upgrade"));
        Assert.Equal((1, "/nowhere/app.db cannot be opened: the directory /nowhere does not exist.\n"), await model.ServeAsync("sqlite:////nowhere/app.db"));
    }
}
