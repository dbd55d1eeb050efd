namespace Carafe.Tests.Data.Migrations;

/// <summary>Required columns that come to a table with rows.</summary>
public class ColumnDefaultTests
{
    private static readonly (string Type, string Name, string Zero, string Modelling)[] Columns =
    [
        ("bool", "Bool", "false", ""),
        ("int", "Int", "0", ""),
        ("long", "Long", "0L", ""),
        ("ulong", "ULong", "0UL", ""),
        ("double", "Double", "0d", ""),
        ("decimal", "Decimal", "0m", "HasPrecision(12, 2)"),
        ("string", "Text", "\"\"", ""),
        ("Guid", "Code", "Guid.Empty", ""),
        ("DateTimeOffset", "At", "default(DateTimeOffset)", ""),
        ("DateTime", "Moment", "default(DateTime)", ""),
        ("DateOnly", "Day", "default(DateOnly)", ""),
        ("TimeOnly", "Time", "default(TimeOnly)", ""),
        ("Mood", "Mood", "Mood.Calm", ""),
        ("Mood", "NamedMood", "Mood.Calm", "HasConversion<string>().HasMaxLength(20)"),
        ("Level", "Level", "Level.Low", ""),
        ("Level", "NamedLevel", "Level.Low", "HasConversion<string>()"),
        ("PartId", "Part", "new PartId(0)", "HasConversion(id => id.Value, value => new PartId(value))"),
        ("DateTimeOffset", "Since", "new DateTimeOffset(2026, 5, 28, 10, 0, 0, TimeSpan.FromHours(2))",
            "HasDefaultValue(new DateTimeOffset(2026, 5, 28, 10, 0, 0, TimeSpan.FromHours(2)))"),
        ("Mood", "GivenMood", "Mood.Cross", "HasConversion<string>().HasDefaultValue(Mood.Cross)"),
        ("bool", "Given", "true", "HasDefaultValue(true)"),
        ("decimal", "Price", "9.5m", "HasPrecision(12, 2).HasDefaultValue(9.5m)"),
        ("Guid", "GivenCode", "new Guid(\"0f8fad5b-d9cb-469f-a165-70867728950e\")", "HasDefaultValue(new Guid(\"0f8fad5b-d9cb-469f-a165-70867728950e\"))"),
    ];

    private const string Types =
        "public enum Mood { Calm, Cross } public enum Level { Low = 5, High = 9 } public readonly record struct PartId(int Value); public class Address { " +
        "public string City { get; set; } = \"\"; public int? Number { get; set; } }";

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Old_rows_hold_what_the_model_writes_reads_and_finds(string kind)
    {
        var first = await new CompiledModel(Lab.Source("public class Thing { public int Id { get; set; } public int Number { get; set; } }",
            "model.Entity<Thing>();")).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, "INSERT INTO thing (number) VALUES (1), (2), (3)");

        var second = await first.Then(After).MigrateAsync("Second");
        await second.OkAsync(database.Url, "db", "upgrade");
        await second.OkAsync(database.Url, "db", "check");

        Assert.Equal("", await second.CallAsync(database.Url, "FindAsync"));
        await second.OkAsync(database.Url, "db", "downgrade");
        Assert.Equal(["1", "2", "3", "4"], await second.QueryAsync(database.Url, "SELECT number FROM thing ORDER BY id"));
    }

    [Fact]
    public async Task Times_that_an_older_version_wrote_in_another_form_are_corrected()
    {
        const string Things = "public class Thing : ICreated { public int Id { get; set; } public DateTimeOffset CreatedAt { get; set; } }"
            + "public static class Rows { public static async System.Threading.Tasks.Task<string> FindAsync(LabDb db) => string.Join(' ', await "
            + "db.Set<Thing>().Where(row => row.CreatedAt == default(DateTimeOffset)).OrderBy(row => row.Id).Select(row => row.Id).ToListAsync()); }";
        var model = await new CompiledModel(Lab.Source(Things, "model.Entity<Thing>();")).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.ExecuteAsync(database.Url, """
            INSERT INTO thing (created_at) VALUES ('2026-05-28 10:00:00');
            DROP INDEX ix_thing_created_at_id;
            ALTER TABLE thing DROP COLUMN created_at;
            ALTER TABLE thing ADD COLUMN created_at TEXT NOT NULL DEFAULT '0001-01-01 00:00:00+00:00';
            CREATE INDEX ix_thing_created_at_id ON thing (created_at, id);
            INSERT INTO thing (created_at) VALUES ('0001-01-01 00:00:00');
            """);
        Assert.Equal("2", await model.CallAsync(database.Url, "FindAsync"));

        Assert.Equal(
            (0, "Corrected the times in thing.created_at: an older version of the kit wrote them in a form that does not sort.\nNothing to do.\n"),
            await model.RunAsync(database.Url, "db", "upgrade"));
        Assert.Equal("1 2", await model.CallAsync(database.Url, "FindAsync"));
        Assert.Equal((0, "Nothing to do.\n"), await model.RunAsync(database.Url, "db", "upgrade"));
        await model.OkAsync(database.Url, "db", "check");
    }

    private static string After => Lab.Source(
        $$"""
        {{Types}}
        public class Thing : ICreated
        {
            public int Id { get; set; }
            public int Number { get; set; }
            public DateTimeOffset CreatedAt { get; set; }
            public List<string> Roles { get; set; } = [];
            public int[] Numbers { get; set; } = [];
            public Address Home { get; set; } = new();
            public Address? Work { get; set; }
            {{string.Concat(Columns.Select(column => $"public {column.Type} {column.Name} {{ get; set; }} = {column.Zero};\n"))}}
        }
        public static class Rows
        {
            public static async System.Threading.Tasks.Task<string> FindAsync(LabDb db)
            {
                db.Add(new Thing { Number = 4, CreatedAt = DateTimeOffset.UnixEpoch });
                await db.SaveChangesAsync();
                db.ChangeTracker.Clear();
                var faults = "";
                {{string.Concat(Columns.Select(column =>
                    $"if (await db.Set<Thing>().CountAsync(row => row.{column.Name} == {column.Zero}) != 4) faults += \"{column.Name}; \";\n"))}}
                foreach (var row in await db.Set<Thing>().ToListAsync())
                {
                    if (row.Roles.Count + row.Numbers.Length > 0 || row.Home.City != "" || row.Work != null) faults += $"row {row.Id}; ";
                }
                if (await db.Set<Thing>().CountAsync(row => row.Roles.Count == 0) != 4) faults += "roles; ";
                if (await db.Set<Thing>().CountAsync(row => row.CreatedAt < DateTimeOffset.UnixEpoch) != 3) faults += "created; ";
                return faults;
            }
        }
        """,
        "model.Entity<Thing>(thing => { thing.ComplexProperty(row => row.Home, home => home.ToJson()); thing.OwnsOne(row => row.Work, work => work.ToJson()); "
        + string.Concat(Columns.Where(column => column.Modelling.Length > 0)
            .Select(column => $"thing.Property(row => row.{column.Name}).{column.Modelling}; ")) + "});");
}
