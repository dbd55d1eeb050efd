using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>A database that was changed beside its migrations.</summary>
public class LiveSchemaTests
{
    private const string Book =
        "CREATE TABLE book (id INTEGER NOT NULL PRIMARY KEY, title TEXT NOT NULL, subtitle TEXT, writer_id INTEGER NOT NULL, price TEXT NOT NULL, sold " +
        "INTEGER NOT NULL, "
        + "weight TEXT NOT NULL, code TEXT NOT NULL, cover BLOB, printed TEXT, reading TEXT NOT NULL, created_at TEXT NOT NULL)";

    [Theory]
    [InlineData(TestDatabase.Sqlite, "DROP TABLE book", "table book is missing")]
    [InlineData(TestDatabase.Postgres, "DROP TABLE book", "table book is missing")]
    [InlineData(TestDatabase.Sqlite, "ALTER TABLE book DROP COLUMN title", "column book.title is missing")]
    [InlineData(TestDatabase.Postgres, "ALTER TABLE book DROP COLUMN title", "column book.title is missing")]
    [InlineData(TestDatabase.Sqlite, "DROP INDEX ix_writer_email", "the unique index of writer (email) is missing")]
    [InlineData(TestDatabase.Postgres, "DROP INDEX ix_writer_email", "the unique index of writer (email) is missing")]
    [InlineData(TestDatabase.Sqlite, "DROP TABLE book; " + Book, "column book.weight is TEXT and not REAL")]
    [InlineData(TestDatabase.Sqlite, "DROP TABLE book; " + Book, "the foreign key of book (writer_id) to writer on delete cascade is missing")]
    [InlineData(TestDatabase.Postgres, "ALTER TABLE book ALTER COLUMN weight TYPE text", "column book.weight is text and not double precision")]
    [InlineData(TestDatabase.Postgres, "ALTER TABLE writer ALTER COLUMN email TYPE varchar(60)",
        "column writer.email is character varying(60) and not character varying(120)")]
    [InlineData(TestDatabase.Postgres, "ALTER TABLE writer ALTER COLUMN email DROP NOT NULL", "column writer.email may be null")]
    [InlineData(TestDatabase.Postgres, "ALTER TABLE book DROP CONSTRAINT fk_book_writer_writer_id",
        "the foreign key of book (writer_id) to writer on delete cascade is missing")]
    [InlineData(TestDatabase.Postgres, "ALTER TABLE writer DROP CONSTRAINT pk_writer CASCADE", "the primary key of writer is not (id)")]
    [InlineData(TestDatabase.Postgres, "ALTER TABLE book ADD COLUMN shelf int NOT NULL", "column book.shelf is unknown to the models and must not be null")]
    public async Task A_database_that_something_else_changed_is_named_place_by_place(string kind, string change, string saying)
    {
        var (code, output) = await CheckAfterAsync(kind, change);
        Assert.Equal(1, code);
        Assert.Contains($"\n  - {saying}\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite, "ALTER TABLE book ADD COLUMN shelf INTEGER; CREATE TABLE notes (id INTEGER); CREATE INDEX more ON book (title)")]
    [InlineData(TestDatabase.Postgres,
        "ALTER TABLE book ADD COLUMN shelf int NOT NULL DEFAULT 0; CREATE TABLE notes (id int); CREATE INDEX more ON book (lower(title))")]
    public async Task More_than_the_models_need_is_no_fault(string kind, string change) =>
        Assert.Equal((0, "The models, the migrations and the database agree.\n"), await CheckAfterAsync(kind, change));

    private static async Task<(int Code, string Output)> CheckAfterAsync(string kind, string change)
    {
        var model = await new CompiledModel(MigrationTests.First).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        Assert.Equal(0, (await model.RunAsync(database.Url, "db", "upgrade")).Code);
        await using (var app = model.Create(database.Url))
        {
            await using var scope = app.Services.CreateAsyncScope();
            await model.Context(scope.ServiceProvider).Database.ExecuteSqlRawAsync(change);
        }

        return await model.RunAsync(database.Url, "db", "check");
    }
}
