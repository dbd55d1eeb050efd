namespace Carafe.Tests.Data.Migrations;

/// <summary>SQLite makes a table anew for most changes. What hangs on the table stays.</summary>
public class RebuildTests
{
    private const string Modelling =
        "model.Entity<Book>().HasOne<Book>().WithMany().HasForeignKey(book => book.PartOf); " +
        "model.Entity<Note>().HasOne<Book>().WithMany().HasForeignKey(note => note.BookId);";
    private const string Note = "public class Note { public int Id { get; set; } public int BookId { get; set; } public string Text { get; set; } = \"\"; }";
    private const string Before =
        "public class Book { public int Id { get; set; } public string? Title { get; set; } public int? PartOf { get; set; } public int Pages { get; set; " +
        "} }" + Note;
    private const string After =
        "public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; public int? PartOf { get; set; } public long Pages { " +
        "get; set; } }" + Note;

    private const string Hanging = """
        CREATE TABLE log (id INTEGER PRIMARY KEY, line TEXT);
        CREATE TRIGGER book_added AFTER INSERT ON book BEGIN INSERT INTO log (line) VALUES ('added ' || new.title); END;
        CREATE TRIGGER note_added AFTER INSERT ON note BEGIN UPDATE book SET pages = pages + 1 WHERE id = new.book_id; END;
        CREATE TRIGGER [odd; name] BEFORE DELETE ON book WHEN old.pages > 1000 BEGIN SELECT RAISE(ABORT, 'too long; to go'); END;
        CREATE UNIQUE INDEX ux_title ON book (lower(title));
        CREATE INDEX ix_long ON book (pages DESC) WHERE pages > 100;
        CREATE VIEW titles AS SELECT title, (SELECT count(*) FROM note WHERE note.book_id = book.id) AS notes FROM book;
        CREATE VIEW long_titles AS SELECT title FROM titles WHERE length(title) > 3;
        CREATE TRIGGER titles_added INSTEAD OF INSERT ON titles BEGIN INSERT INTO book (title, pages) VALUES (new.title, 1); END;
        ALTER TABLE book ADD COLUMN shelf TEXT COLLATE NOCASE DEFAULT 'left' CHECK (shelf <> '');
        INSERT INTO book (id, title, pages, part_of) VALUES (1, 'one', 10, NULL), (2, 'two', 20, 1), (9, 'nine', 200, 1);
        INSERT INTO note (book_id, text) VALUES (1, 'x'), (2, 'y');
        DELETE FROM book WHERE id = 9;
        """;

    [Fact]
    public async Task Triggers_indexes_views_checks_collations_references_rows_and_the_next_key_survive()
    {
        var first = await new CompiledModel(Lab.Source(Before, Modelling)).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, Hanging);
        const string Catalogue = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') OR name IN ('ux_title', 'ix_long') ORDER BY name";
        var (hanging, rows) = (await first.QueryAsync(database.Url, Catalogue), await first.QueryAsync(database.Url, "SELECT * FROM book ORDER BY id"));

        var second = await first.Then(Lab.Source(After, Modelling)).MigrateAsync("Second");
        await second.OkAsync(database.Url, "db", "upgrade");

        Assert.Equal(hanging, await second.QueryAsync(database.Url, Catalogue));
        Assert.Equal(rows, await second.QueryAsync(database.Url, "SELECT * FROM book ORDER BY id"));
        await second.ExecuteAsync(database.Url, "INSERT INTO book (title, pages) VALUES ('ten', 5)");
        Assert.Equal(["10|left"], await second.QueryAsync(database.Url, "SELECT id, shelf FROM book WHERE shelf = 'LEFT' AND title = 'ten'"));
        Assert.Equal(["added one", "added two", "added nine", "added ten"], await second.QueryAsync(database.Url, "SELECT line FROM log ORDER BY id"));
        await second.ExecuteAsync(database.Url, "INSERT INTO titles (title) VALUES ('eleven')");
        Assert.Equal(["nine|0", "eleven|0"],
            (await second.QueryAsync(database.Url, "SELECT 'nine', 0 UNION ALL SELECT title, notes FROM titles WHERE title = 'eleven'")));
        foreach (var (wrong, saying) in new[] { ("INSERT INTO book (title, pages) VALUES ('ONE', 1)", "UNIQUE"),
            ("INSERT INTO book (title, pages, shelf) VALUES ('z', 1, '')", "CHECK"), ("INSERT INTO note (book_id, text) VALUES (77, 'z')", "FOREIGN KEY") })
        {
            var fault = await Assert.ThrowsAnyAsync<Exception>(() => second.ExecuteAsync(database.Url, wrong));
            Assert.Contains(saying, fault.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal((0, "The models, the migrations and the database agree.\n"), await second.RunAsync(database.Url, "db", "check"));
    }

    [Theory]
    [InlineData("CREATE VIEW titles AS SELECT title FROM book", "The view titles needs what")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON note BEGIN UPDATE book SET title = 'x'; END", "The trigger t needs what")]
    [InlineData("CREATE INDEX ix_hand ON book (lower(title))", "title")]
    public async Task A_step_that_takes_away_what_a_view_or_a_trigger_needs_is_refused(string hanging, string saying)
    {
        var first = await new CompiledModel(Lab.Source(Before, Modelling)).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, $"{hanging}; INSERT INTO book (title, pages) VALUES ('a', 1)");

        var second = await first.Then(Lab.Source(Before.Replace("public string? Title { get; set; }", "", StringComparison.Ordinal), Modelling))
            .MigrateAsync("Second");
        Assert.Contains(saying, await second.FailsAsync(database.Url, "db", "upgrade"), StringComparison.Ordinal);

        Assert.Equal(["a"], await first.QueryAsync(database.Url, "SELECT title FROM book"));
    }
}
