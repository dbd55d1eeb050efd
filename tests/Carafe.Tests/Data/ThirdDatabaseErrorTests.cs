using System.Data.Common;
using Carafe.Data;
using Carafe.Data.Migrations;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Tests.Data;

/// <summary>A database that the kit does not bring, whose driver gives errors a number and no SqlState, and whose numbers have display widths.</summary>
public sealed class ThirdDatabaseErrorTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"carafe-third-{Guid.NewGuid():N}.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        File.Delete(_file);
    }

    [Fact]
    public async Task A_violation_that_its_provider_knows_by_number_is_409_and_names_the_member()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await app.Client.PostAsJsonAsync("/books", new { title = "a" })).StatusCode);
        using var second = await app.Client.PostAsJsonAsync("/books", new { title = "a" });
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("\"title\"", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int", "int(11)", true)]
    [InlineData("INTEGER", "integer(10)", true)]
    [InlineData("smallint", "SMALLINT (6)", true)]
    [InlineData("tinyint unsigned", "tinyint(3) unsigned", true)]
    [InlineData("bigint(20)", "bigint", true)]
    [InlineData("varchar(20)", "varchar(30)", false)]
    [InlineData("decimal(9,2)", "decimal(9,3)", false)]
    [InlineData("text", "int(11)", false)]
    public async Task Column_types_are_compared_without_display_widths(string wanted, string found, bool same)
    {
        await using var app = await StartAsync();
        await using var scope = app.Services.CreateAsyncScope();
        var types = scope.ServiceProvider.GetRequiredService<Library>().GetService<IRelationalTypeMappingSource>();
        Assert.Equal(same, SchemaTypes.IsSame(types, wanted, found));
    }

    private async Task<TestApp> StartAsync()
    {
        var app = await SmallApp.StartAsync(
            app => app.MapPost("/books", async (Book book, Library library) =>
            {
                library.Add(book);
                await library.SaveChangesAsync();
                return TypedResults.NoContent();
            }),
            builder =>
            {
                builder.Configuration["DATABASE_URL"] = $"numbered:///{_file}";
                builder.Services.AddSingleton<DatabaseProvider, NumberedProvider>();
                builder.Services.AddDatabase<Library>();
            });
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Library>().Database.EnsureCreatedAsync();
        return app;
    }

    public sealed class Book
    {
        public int Id { get; set; }

        public string Title { get; set; } = "";
    }

    public sealed class Library(DbContextOptions<Library> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Book>().HasIndex(book => book.Title).IsUnique();
    }

    private sealed class NumberedProvider : DatabaseProvider
    {
        public override string Name => "Numbered";

        public override IReadOnlyList<string> Schemes { get; } = ["numbered"];

        public override Carafe.Data.Database Open(DatabaseUrl url, IServiceProvider services) => new NumberedDatabase(url);

        public override void Check(DatabaseUrl url)
        {
        }
    }

    private sealed class NumberedDatabase(DatabaseUrl url) : Carafe.Data.Database
    {
        public override void Configure(DbContextOptionsBuilder options) => options.UseSqlite($"Data Source=/{url.Name.TrimStart('/')}");

        public override DatabaseError? Explain(DbException exception) => exception is SqliteException { SqlState: null, SqliteExtendedErrorCode: 2067 }
            ? new DatabaseError(DatabaseErrorKind.Unique) { Table = "book", Columns = ["title"] }
            : null;

        public override string ToString() => url.ToString();
    }
}
