using Carafe.MySql.Tests;

namespace Carafe.Tests.Data.Migrations;

/// <summary>What MariaDB would do without a word is refused, or carried out as the URL asks.</summary>
public class MariaDbTests
{
    private const string EndOfUp = "        }\n\n        /// <inheritdoc />\n        protected override void Down";
    private const string Changed = "            migrationBuilder.Sql(\"ALTER TABLE book MODIFY COLUMN pages bigint NOT NULL\");\n";
    private const string Book = "public class Book { public int Id { get; set; } public DateTime At { get; set; } public TimeSpan Long { get; set; } }";

    [Theory]
    [InlineData("At", "'2026-05-28 10:00:00.500000', '01:00:00'")]
    [InlineData("Long", "'2026-05-28 10:00:00', '-01:00:00.25'")]
    public async Task Parts_of_a_second_are_not_cut_without_a_word(string property, string values)
    {
        var first = await Model(Book).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.MariaDb);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, $"INSERT INTO book (at, `long`) VALUES ({values})");

        var second = await first.Then(Source(Book, $".Property(book => book.{property}).HasPrecision(0)")).MigrateAsync("Second");
        Assert.Contains("parts of a second would be lost", await second.FailsAsync(database.Url, "db", "upgrade"), StringComparison.Ordinal);
        await first.ExecuteAsync(database.Url, "UPDATE book SET at = '2026-05-28 10:00:00', `long` = '-01:00:00'");
        await second.OkAsync(database.Url, "db", "upgrade");
        await second.OkAsync(database.Url, "db", "check");
    }

    [Fact]
    public async Task An_index_on_a_table_that_is_gone_is_not_taken_for_made()
    {
        var first = await Model(Book).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.MariaDb);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, "CREATE INDEX ix_book_pages ON book (id)");
        var second = await first.Then(Source(Book.Replace("Id {", "Pages { get; set; } public int Id {", StringComparison.Ordinal),
            ".HasIndex(book => book.Pages)")).MigrateAsync("Second");
        Assert.Contains("statement 2 of 2", await second.FailsAsync(database.Url, "db", "upgrade"), StringComparison.Ordinal);

        // As if the process had ended before the server responded.
        await first.ExecuteAsync(database.Url, "UPDATE __carafe_migration_progress SET begun = done");
        await first.ExecuteAsync(database.Url, "DROP TABLE book");
        Assert.Contains("doesn't exist", await second.FailsAsync(database.Url, "db", "upgrade"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_leaves_something_else_than_its_model_says_that_its_statements_stay()
    {
        var first = await Model(Book).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.MariaDb);
        await first.OkAsync(database.Url, "db", "upgrade");
        var second = await first.Then(Source(Book.Replace("Id {", "Pages { get; set; } public int Id {", StringComparison.Ordinal),
            ".Property(book => book.Pages)")).MigrateAsync("Second");
        var wrong = new CompiledModel(
            [.. second.Sources.Select(source => source.Replace(EndOfUp, Changed + EndOfUp, StringComparison.Ordinal))])
        {
            Configure = second.Configure,
        };

        var output = await wrong.FailsAsync(database.Url, "db", "upgrade");
        Assert.Contains("Its statements have run and stay.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was changed", output, StringComparison.Ordinal);
        await first.ExecuteAsync(database.Url, "ALTER TABLE book MODIFY COLUMN pages int NOT NULL");
        await wrong.OkAsync(database.Url, "db", "upgrade");
    }

    [Theory]
    [InlineData("CREATE VIEW seen AS SELECT id FROM book", "DROP VIEW seen", "the view seen")]
    [InlineData("CREATE TRIGGER late BEFORE INSERT ON book FOR EACH ROW SET NEW.at = NOW()", "DROP TRIGGER late", "the trigger late")]
    public async Task A_view_or_a_trigger_is_not_lost_by_a_restore(string create, string drop, string named)
    {
        var model = await Model(Book).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.MariaDb);
        await model.OkAsync(database.Url, "db", "upgrade");
        using var folder = new Folder();
        var (plain, full) = (Path.Combine(folder.Path, "plain"), Path.Combine(folder.Path, "full"));
        await model.OkAsync(database.Url, "db", "backup", plain);
        await model.ExecuteAsync(database.Url, create);
        await model.OkAsync(database.Url, "db", "backup", full);
        Assert.Contains(named, await model.FailsAsync(database.Url, "db", "restore", plain), StringComparison.Ordinal);

        await model.ExecuteAsync(database.Url, drop);
        await model.ExecuteAsync(database.Url, "INSERT INTO book (at, `long`) VALUES ('2026-05-28', '0:0:0')");
        Assert.Contains(named, await model.FailsAsync(database.Url, "db", "restore", full), StringComparison.Ordinal);
        Assert.Equal(["1"], await model.QueryAsync(database.Url, "SELECT COUNT(*) FROM book"));
        await model.OkAsync(database.Url, "db", "restore", plain);
        Assert.Equal(["0"], await model.QueryAsync(database.Url, "SELECT COUNT(*) FROM book"));
    }

    [Fact]
    public async Task A_backup_uses_the_certificates_of_the_url_and_does_not_go_in_the_clear_where_TLS_is_required()
    {
        using var folder = new Folder();
        Certificates.Write(folder.Path);
        await using var server = await MariaDbServer.StartAsync(
            $"--ssl-ca={folder.Path}/ca.pem", $"--ssl-cert={folder.Path}/server.pem", $"--ssl-key={folder.Path}/server.key");
        await server.SqlAsync("CREATE USER careful REQUIRE X509");
        await server.SqlAsync("GRANT ALL ON *.* TO careful");
        var name = await server.CreateDatabaseAsync();
        var keys = $"&ssl-ca={folder.Path}/ca.pem&ssl-cert={folder.Path}/client.pem&ssl-key={folder.Path}/client.key";
        var model = await Model(Book).MigrateAsync("First");
        foreach (var mode in new[] { "required", "verify-ca", "verify-identity" })
        {
            var url = new MariaDbTestDatabase(server, name, "careful", $"&ssl-mode={mode}{keys}&tls-version=TLSv1.2,TLSv1.3").Url;
            var file = Path.Combine(folder.Path, mode);
            await model.OkAsync(url, "db", "upgrade");
            await model.OkAsync(url, "db", "backup", file);
            await model.OkAsync(url, "db", "restore", file);
        }

        await using var plain = await TestDatabase.CreateAsync(TestDatabase.MariaDb);
        await model.OkAsync(plain.Url, "db", "upgrade");
        var refused = Path.Combine(folder.Path, "refused");
        Assert.Contains("SSL", await model.FailsAsync($"{plain.Url}&ssl-mode=required", "db", "backup", refused), StringComparison.Ordinal);
        Assert.False(File.Exists(refused));
    }

    private static CompiledModel Model(string classes) => new(Source(classes)) { Configure = services => services.AddMySql() };

    private static string Source(string classes, string modelling = "") => Lab.Source(classes, $"model.Entity<Book>(){modelling};");

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("carafe-mariadb-tests-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
