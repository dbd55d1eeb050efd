using Carafe.Data.Migrations;

namespace Carafe.Tests.Data.Migrations;

/// <summary>A year of a model: ten migrations there and back, with rows in it.</summary>
public class TenStepsTests
{
    private const string Mood = "public enum Mood { Calm, Cross }";
    private const string Tag = "public class Tag { public int Id { get; set; } public int BookId { get; set; } public string Word { get; set; } = \"\"; }";
    private const string Tagged = "model.Entity<Tag>().HasOne<Book>().WithMany().HasForeignKey(tag => tag.BookId).OnDelete(DeleteBehavior.Cascade);";

    private static readonly (string Members, string More, string Modelling, string Rename)[] Versions =
    [
        ("public string? Title { get; set; } public int Pages { get; set; }", "", "", ""),
        ("public string? Title { get; set; } public int Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; set; }",
            Mood, "", ""),
        ("public string Title { get; set; } = \"\"; public int Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; " +
        "set; }", Mood, "", ""),
        ("public string Title { get; set; } = \"\"; public long Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; " +
        "set; }", Mood, "", ""),
        ("public string Title { get; set; } = \"\"; public long Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; " +
        "set; }", Mood + Tag, Tagged, ""),
        ("public string Title { get; set; } = \"\"; public long Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; " +
        "set; }", Mood + Tag,
            Tagged + "model.Entity<Book>().Property(book => book.Mood).HasConversion<string>();", ""),
        ("public string Name { get; set; } = \"\"; public long Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; " +
        "set; }", Mood + Tag,
            Tagged + "model.Entity<Book>().Property(book => book.Mood).HasConversion<string>();", "book.title=name"),
        ("public string Name { get; set; } = \"\"; public long Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; " +
        "set; } public int? PartOf { get; set; }", Mood + Tag,
            Tagged
                + "model.Entity<Book>().Property(book => book.Mood).HasConversion<string>(); " +
                    "model.Entity<Book>().HasOne<Book>().WithMany().HasForeignKey(book => book.PartOf);", ""),
        ("public string Name { get; set; } = \"\"; public long Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { get; " +
        "set; } public int? PartOf { get; set; }", Mood + Tag,
            Tagged
                + "model.Entity<Book>(book => { book.Property(x => x.Mood).HasConversion<string>(); book.HasOne<Book>().WithMany().HasForeignKey(x => " +
                    "x.PartOf); book.HasIndex(x => x.Name).IsUnique(); "
            + "book.ToTable(t => t.HasCheckConstraint(\"ck_pages\", \"pages >= 0\")); });", ""),
        ("public string Name { get; set; } = \"\"; public decimal Pages { get; set; } public Mood Mood { get; set; } public DateTimeOffset CreatedAt { " +
        "get; set; } public List<string> Words { get; set; } = [];", Mood + Tag,
            Tagged
                + "model.Entity<Book>(book => { book.Property(x => x.Mood).HasConversion<string>(); book.Property(x => x.Pages).HasPrecision(12, 2); " +
                    "book.HasIndex(x => x.Name).IsUnique(); });", ""),
    ];

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Rows_come_through_up_and_down_and_up_again(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var model = new CompiledModel(Source(0));
        for (var i = 0; i < Versions.Length; i++)
        {
            model = (await (i == 0 ? model : model.Then(Source(i)))
                .TryMigrateAsync($"Step{i}",
                    new(Versions[i].Rename.Length > 0 ? [Rename.Parse(Versions[i].Rename)] : [], Versions[i].Rename.Length == 0, true))).Model;
            await model.OkAsync(database.Url, "db", "upgrade");
            await model.OkAsync(database.Url, "db", "check");
            if (i == 0)
            {
                await model.ExecuteAsync(database.Url, "INSERT INTO book (title, pages) VALUES ('one', 10), ('two', 20), ('three', 30)");
            }
            else if (i == 4)
            {
                await model.ExecuteAsync(database.Url, "INSERT INTO tag (book_id, word) VALUES (1, 'x'), (3, 'y'); UPDATE book SET mood = 1 WHERE id = 2");
            }

            Assert.Equal(["1|one", "2|two", "3|three"], await NamesAsync(model, database.Url, i));
        }

        Assert.Equal(["Calm", "Cross", "Calm"], await model.QueryAsync(database.Url, "SELECT mood FROM book ORDER BY id"));
        Assert.Equal(["1|x", "3|y"], await model.QueryAsync(database.Url, "SELECT book_id, word FROM tag ORDER BY id"));
        for (var i = Versions.Length - 2; i >= 0; i--)
        {
            await model.OkAsync(database.Url, "db", "downgrade");
            Assert.Equal(["1|one", "2|two", "3|three"], await NamesAsync(model, database.Url, i));
        }

        Assert.Equal(["10", "20", "30"], await model.QueryAsync(database.Url, "SELECT pages FROM book ORDER BY id"));
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.OkAsync(database.Url, "db", "check");
        Assert.Equal(["1|one", "2|two", "3|three"], await NamesAsync(model, database.Url, Versions.Length - 1));
    }

    private static Task<string[]> NamesAsync(CompiledModel model, string url, int version) =>
        model.QueryAsync(url, $"SELECT id, {(version < 6 ? "title" : "name")} FROM book ORDER BY id");

    private static string Source(int version) =>
        Lab.Source($"public class Book {{ public int Id {{ get; set; }} {Versions[version].Members} }} {Versions[version].More}",
            $"model.Entity<Book>(); {Versions[version].Modelling}");
}
