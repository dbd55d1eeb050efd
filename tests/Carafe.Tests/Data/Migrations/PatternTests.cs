using System.Reflection;
using System.Text.RegularExpressions;

namespace Carafe.Tests.Data.Migrations;

/// <summary>The patterns of the documentation, with the code that stands there, on both databases.</summary>
public partial class PatternTests
{
    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Of_fifty_who_want_the_last_twenty_tickets_twenty_get_one(string kind)
    {
        var model = await Page("counters", "TicketsDb", null).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.ExecuteAsync(database.Url, "INSERT INTO tickets (\"left\") VALUES (20)");
        await using var app = model.Create(database.Url);
        var taken = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            dynamic db = model.Context(scope.ServiceProvider);
            return (bool)await db.TakeAsync(1);
        })));
        Assert.Equal(20, taken.Count(got => got));
        Assert.Equal(["0"], await model.QueryAsync(database.Url, "SELECT \"left\" FROM tickets"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_row_names_who_made_it_and_who_changed_it_last(string kind)
    {
        const string Rows = """
            public static class Rows
            {
                public static async Task<string> WriteAsync(LabDb db)
                {
                    db.Service.Id = 1;
                    var paper = new Paper { Title = "a" };
                    db.Add(paper);
                    await db.SaveChangesAsync();
                    db.Service.Id = 2;
                    paper.Title = "b";
                    paper.CreatedBy = 9;
                    await db.SaveChangesAsync();
                    db.ChangeTracker.Clear();
                    var read = await db.Papers.SingleAsync();
                    return $"{read.CreatedBy} {read.UpdatedBy}";
                }
            }
            """;
        var model = await Page("audit-columns", "PapersDb", "Actor", Rows).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        Assert.Equal("1 2", await model.CallAsync(database.Url, "WriteAsync"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Words_are_found_in_texts_and_stay_found_through_later_migrations(string kind)
    {
        const string Rows = """
            public static class Rows
            {
                public static async Task<string> SearchAsync(LabDb db)
                {
                    var found = new List<string>();
                    foreach (var text in new[] { "bread", "BREAD flour", "\"quote OR x:* -", "nothing" })
                    {
                        found.Add(string.Join(',', (await db.Search(text).ToListAsync()).Select(essay => essay.Id).Order()));
                    }
                    return string.Join(' ', found);
                }
            }
            """;
        var first = await Page("full-text-search", "EssaysDb", null, Rows).MigrateAsync("First");
        var indexed = new CompiledModel([.. first.Sources.Select(source => EndOfUp().Replace(source,
            "migrationBuilder.Sql(migrationBuilder.ActiveProvider == \"Microsoft.EntityFrameworkCore.Sqlite\" ? LabDb.SqliteIndex : LabDb.PostgresIndex);\n"
            + "$0", 1))]);
        await using var database = await TestDatabase.CreateAsync(kind);
        await indexed.OkAsync(database.Url, "db", "upgrade");
        await indexed.ExecuteAsync(database.Url,
            "INSERT INTO essay (title, body) VALUES ('Bread', 'Flour and water'), ('Tea', 'no bread here'), ('quote', 'or x'), ('gone', 'bread'); "
            + "DELETE FROM essay WHERE title = 'gone'; UPDATE essay SET body = 'water' WHERE title = 'Tea'");
        Assert.Equal("1 1 3 ", await indexed.CallAsync(database.Url, "SearchAsync"));
        await indexed.OkAsync(database.Url, "db", "check");

        // A later change makes the table again on SQLite.
        var second = await indexed.Then(indexed.Sources[0].Replace("public required string Body { get; set; }",
            "public required string Body { get; set; } public int Stars { get; set; }", StringComparison.Ordinal)
            .Replace("model.Entity<Essay>();", "model.Entity<Essay>().ToTable(t => t.HasCheckConstraint(\"ck_stars\", \"stars >= 0\"));",
                StringComparison.Ordinal)).MigrateAsync("Second");
        await second.OkAsync(database.Url, "db", "upgrade");
        await second.ExecuteAsync(database.Url, "INSERT INTO essay (title, body, stars) VALUES ('more', 'bread and flour', 1)");
        Assert.Equal("1,5 1,5 3 ", await second.CallAsync(database.Url, "SearchAsync"));
        await second.OkAsync(database.Url, "db", "check");
        var (code, output) = await second.RunAsync(database.Url, "db", "downgrade", "--sql");
        Assert.True(code == 0, output);
        await second.OkAsync(database.Url, "db", "reset");
        await second.OkAsync(database.Url, "db", "check");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_tenant_reads_and_writes_its_own_rows_and_no_others(string kind)
    {
        const string Rows = """
            public static class Rows
            {
                public static async Task<string> RunAsync(LabDb db)
                {
                    var found = new List<string>();
                    foreach (var tenant in new[] { 1, 2 })
                    {
                        db.Service.Id = tenant;
                        db.Add(new Client { Name = $"of {tenant}", TenantId = 3 - tenant });
                        await db.SaveChangesAsync();
                        db.ChangeTracker.Clear();
                        var seesOther = await db.Clients.AnyAsync(row => row.Id == 3 - tenant);
                        found.Add($"{await db.Clients.CountAsync()} {(await db.Clients.SingleAsync()).Name} {seesOther}");
                    }

                    var other = (await db.Clients.IgnoreQueryFilters(["tenant"]).AsNoTracking().ToListAsync()).Single(row => row.TenantId == 1);
                    found.Add($"{await db.Clients.Where(row => row.Id == other.Id).ExecuteDeleteAsync()}");
                    found.Add(await TryAsync(db, () => { db.Attach(other); other.Name = "mine"; }));
                    found.Add(await TryAsync(db, () => db.Remove(other)));
                    found.Add(await TryAsync(db, () => { db.Attach(other); other.TenantId = 2; }));
                    found.Add(await TryAsync(db, () => db.Add(new Invoice { ClientId = other.Id })));
                    db.Service.Id = 0;
                    found.Add($"{await db.Clients.CountAsync()}");
                    return string.Join(", ", found);
                }

                private static async Task<string> TryAsync(LabDb db, Action change)
                {
                    try
                    {
                        change();
                        await db.SaveChangesAsync();
                        return "written";
                    }
                    catch (Exception error) when (error is InvalidOperationException or DbUpdateException)
                    {
                        return "refused";
                    }
                    finally
                    {
                        db.ChangeTracker.Clear();
                    }
                }
            }
            """;
        var model = await Page("tenants", "InvoicesDb", "Tenant", Rows).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        Assert.Equal("1 of 1 False, 1 of 2 False, 0, refused, refused, refused, refused, 0", await model.CallAsync(database.Url, "RunAsync"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_deleted_row_is_in_no_query_blocks_no_new_one_and_can_come_back(string kind)
    {
        const string Rows = """
            public static class Rows
            {
                public static async Task<string> RunAsync(LabDb db)
                {
                    var found = new List<string>();
                    var first = new Bookmark { Url = "a" };
                    db.Add(first);
                    await db.SaveChangesAsync();
                    db.Remove(first);
                    await db.SaveChangesAsync();
                    db.ChangeTracker.Clear();
                    found.Add($"{await db.Bookmarks.CountAsync()} {await db.Bookmarks.IgnoreQueryFilters(["deleted"]).CountAsync()}");
                    var second = new Bookmark { Url = "a" };
                    db.Add(second);
                    db.SaveChanges();
                    db.Remove(second);
                    db.SaveChanges();
                    db.ChangeTracker.Clear();
                    (await db.Bookmarks.IgnoreQueryFilters(["deleted"]).FirstAsync(row => row.Id == first.Id)).DeletedAt = null;
                    await db.SaveChangesAsync();
                    found.Add($"{(await db.Bookmarks.SingleAsync()).Id == first.Id}");
                    (await db.Bookmarks.IgnoreQueryFilters(["deleted"]).FirstAsync(row => row.Id == second.Id)).DeletedAt = null;
                    try
                    {
                        await db.SaveChangesAsync();
                    }
                    catch (DbUpdateException)
                    {
                        found.Add("taken");
                    }

                    return string.Join(", ", found);
                }
            }
            """;
        var model = await Page("soft-delete", "BookmarksDb", null, Rows).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        Assert.Equal("0 1, True, taken", await model.CallAsync(database.Url, "RunAsync"));
    }

    // The context of the page, with a service of its own where it takes one.
    private static CompiledModel Page(string page, string context, string? service, string more = "")
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "patterns", $"{page}.md"));
        var constructors = service is null ? "public LabDb(DbContextOptions<LabDb> options) : base(options) { }"
            : $"public LabDb(DbContextOptions<LabDb> options) : this(options, new {service}()) {{ }} "
                + $"private LabDb(DbContextOptions<LabDb> options, {service} service) : base(options, service) => Service = service; "
                + $"public {service} Service {{ get; }}";
        return new CompiledModel(
            $$"""
            using System.Threading;
            using System.Threading.Tasks;
            namespace Lab;
            public class LabDb : {{context}} { {{constructors}} }
            {{Block().Match(text).Groups[1].Value}}
            {{more}}
            """);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Carafe.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex("```csharp\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\}\s*/// <inheritdoc />\s*protected override void Down")]
    private static partial Regex EndOfUp();
}
