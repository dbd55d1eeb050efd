namespace Carafe.Tests.Data.Migrations;

/// <summary>What somebody took away by hand and no column type tells.</summary>
public class ChangedByHandTests
{
    private const string Classes =
        "public class Book { public int Id { get; set; } public int Price { get; set; } public string State { get; set; } = \"new\"; public " +
        "DateTimeOffset? EndedAt { get; set; } }";
    private const string Modelling =
        "model.Entity<Book>(book => { book.ToTable(t => t.HasCheckConstraint(\"ck_price\", \"price >= 0\")); book.Property(x => " +
        "x.State).HasDefaultValue(\"new\"); "
        + "book.HasIndex(x => x.Price).IsUnique().HasFilter(\"ended_at IS NULL\"); });";

    private static string Book(string state, string check, string filter) =>
        "DROP TABLE book; CREATE TABLE book (id INTEGER NOT NULL CONSTRAINT pk_book PRIMARY KEY AUTOINCREMENT, price INTEGER NOT NULL, state TEXT NOT " +
        $"NULL {state}, ended_at TEXT NULL {check}); "
        + $"CREATE UNIQUE INDEX ix_book_price ON book (price) {filter}";

    [Theory]
    [InlineData("", ", CONSTRAINT ck_price CHECK (price >= 0)", "WHERE ended_at IS NULL", "column book.state has no default")]
    [InlineData("DEFAULT 'old'", ", CONSTRAINT ck_price CHECK (price >= 0)", "WHERE ended_at IS NULL", "column book.state has the default 'old' and not 'new'")]
    [InlineData("DEFAULT 'new'", "", "WHERE ended_at IS NULL", "the check ck_price of book is missing")]
    [InlineData("DEFAULT 'new'", ", CONSTRAINT ck_price CHECK (price >= 0)", "",
        "the unique index of book (price) has no filter and not the filter ended_at IS NULL")]
    public async Task On_SQLite_it_is_named(string state, string check, string filter, string saying) =>
        await CheckAsync(TestDatabase.Sqlite, Book(state, check, filter), saying);

    [Theory]
    [InlineData("ALTER TABLE book ALTER COLUMN state DROP DEFAULT", "column book.state has no default")]
    [InlineData("ALTER TABLE book ALTER COLUMN state SET DEFAULT 'old'", "column book.state has the default 'old'::text and not 'new'")]
    [InlineData("ALTER TABLE book DROP CONSTRAINT ck_price", "the check ck_price of book is missing")]
    [InlineData("DROP INDEX ix_book_price; CREATE UNIQUE INDEX ix_book_price ON book (price)",
        "the unique index of book (price) has no filter and not the filter ended_at IS NULL")]
    public async Task On_PostgreSQL_it_is_named(string change, string saying) => await CheckAsync(TestDatabase.Postgres, change, saying);

    [Fact]
    public async Task A_schema_of_the_roles_search_path_is_the_one_that_is_looked_at()
    {
        var model = await new CompiledModel(Lab.Source(Classes, Modelling)).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await model.ExecuteAsync(database.Url, "CREATE SCHEMA app; CREATE TABLE public.other (id int)");
        var url = $"{database.Url}{(database.Url.Contains('?', StringComparison.Ordinal) ? "&" : "?")}options=-c%20search_path%3Dapp";
        await model.OkAsync(url, "db", "upgrade");
        await model.OkAsync(url, "db", "check");
        Assert.Equal(["app"], await model.QueryAsync(url, "SELECT table_schema::text FROM information_schema.tables WHERE table_name = 'book'"));
    }

    private static async Task CheckAsync(string kind, string change, string saying)
    {
        var model = await new CompiledModel(Lab.Source(Classes, Modelling)).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.ExecuteAsync(database.Url, change);
        Assert.Contains($"\n  - {saying}\n", await model.FailsAsync(database.Url, "db", "check"), StringComparison.Ordinal);
    }
}
