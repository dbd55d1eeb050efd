
namespace Carafe.Tests.Data;

public class MigrationTests
{
    internal const string First = """
        namespace Lab;
        public class LabDb(DbContextOptions<LabDb> options) : DbContext(options)
        {
            protected override void OnModelCreating(ModelBuilder model)
            {
                model.Entity<Writer>(w => { w.HasIndex(x => x.Email).IsUnique(); w.Property(x => x.Email).HasMaxLength(120); });
                model.Entity<Writer>(w => { w.Property(x => x.Mood).HasConversion<string>().HasMaxLength(20); });
                model.Entity<Book>(b => { b.HasOne<Writer>().WithMany().HasForeignKey(x => x.WriterId).OnDelete(DeleteBehavior.Cascade); });
                model.Entity<Book>(b => { b.Property(x => x.Price).HasPrecision(12, 2); });
            }
        }
        public enum Mood { Calm, Cross }
        public class Writer : ITimestamped, IVersioned
        {
            public int Id { get; set; }
            public string Email { get; set; } = "";
            public Mood Mood { get; set; }
            public DateTimeOffset CreatedAt { get; set; }
            public DateTimeOffset UpdatedAt { get; set; }
            public int Version { get; set; }
        }
        public class Book : ICreated
        {
            public long Id { get; set; }
            public string Title { get; set; } = "";
            public string? Subtitle { get; set; }
            public int WriterId { get; set; }
            public decimal Price { get; set; }
            public bool Sold { get; set; }
            public double Weight { get; set; }
            public Guid Code { get; set; }
            public byte[]? Cover { get; set; }
            public DateOnly? Printed { get; set; }
            public TimeSpan Reading { get; set; }
            public DateTimeOffset CreatedAt { get; set; }
        }
        """;

    // A column more, one less, one that must now be there, a key of two columns, an index less and another name for a table's column.
    private static readonly string Second = First
        .Replace("public string? Subtitle { get; set; }", "public string Subtitle { get; set; } = \"\"; public string? Blurb { get; set; }",
            StringComparison.Ordinal)
        .Replace("public double Weight { get; set; }", "", StringComparison.Ordinal)
        .Replace("w.HasIndex(x => x.Email).IsUnique();", "w.HasIndex(x => new { x.Email, x.Mood }).IsUnique();", StringComparison.Ordinal)
        .Replace("b.Property(x => x.Price)",
            "model.Entity<Tag>().HasKey(t => new { t.BookId, t.Name }); model.Entity<Tag>().HasOne<Book>().WithMany().HasForeignKey(t => t.BookId); " +
            "b.Property(x => x.Price)", StringComparison.Ordinal)
        + "public class Tag { public long BookId { get; set; } public string Name { get; set; } = \"\"; }";

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task One_set_of_migrations_makes_on_each_database_what_the_models_say_there_and_back_again(string kind)
    {
        var first = await new CompiledModel(First).MigrateAsync("First");
        var second = await new CompiledModel([Second, .. Files(first, First)]).MigrateAsync("Second");
        await using var migrated = await TestDatabase.CreateAsync(kind);

        Assert.Equal((0, "base\n"), await second.RunAsync(migrated.Url, "db", "current"));
        await OkAsync(second, migrated.Url, "db", "upgrade", "First");
        Assert.Equal(await MadeFromModelsAsync(kind, new CompiledModel(First)), await ReadAsync(second, migrated.Url));
        await OkAsync(second, migrated.Url, "db", "upgrade");
        Assert.Equal(await MadeFromModelsAsync(kind, new CompiledModel(Second)), await ReadAsync(second, migrated.Url));
        Assert.Equal((0, "The models, the migrations and the database agree.\n"), await second.RunAsync(migrated.Url, "db", "check"));
        await OkAsync(second, migrated.Url, "db", "downgrade");
        Assert.Equal(await MadeFromModelsAsync(kind, new CompiledModel(First)), await ReadAsync(second, migrated.Url));
        await OkAsync(second, migrated.Url, "db", "downgrade", "base");
        Assert.Equal("", await ReadAsync(second, migrated.Url));
        await OkAsync(second, migrated.Url, "db", "upgrade", "+2");
        Assert.Equal(await MadeFromModelsAsync(kind, new CompiledModel(Second)), await ReadAsync(second, migrated.Url));
    }

    private static IEnumerable<string> Files(CompiledModel model, string except) => model.Sources.Where(source => source != except);

    private static async Task OkAsync(CompiledModel model, string url, params string[] args)
    {
        var (code, output) = await model.RunAsync(url, args);
        Assert.True(code == 0, output);
    }

    private static async Task<string> ReadAsync(CompiledModel model, string url)
    {
        await using var app = model.Create(url);
        await using var scope = app.Services.CreateAsyncScope();
        return await SchemaText.ReadAsync(model.Context(scope.ServiceProvider));
    }

    private static async Task<string> MadeFromModelsAsync(string kind, CompiledModel model)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var app = model.Create(database.Url);
        await using var scope = app.Services.CreateAsyncScope();
        var context = model.Context(scope.ServiceProvider);
        await context.Database.EnsureCreatedAsync();
        return await SchemaText.ReadAsync(context);
    }
}
