using System.Text.Json.Nodes;

namespace Carafe.Tests.Data.Migrations;

/// <summary>Rows move from one database to another, and to a file and back.</summary>
public class TransferTests
{
    private const string Classes = """
        public enum Mood { Calm, Cross }
        public class Address { public string City { get; set; } = ""; public int? Number { get; set; } }
        public class Part { public int Id { get; set; } public int ThingId { get; set; } public string Name { get; set; } = ""; }
        public class Thing : ICreated
        {
            public int Id { get; set; }
            public int? ParentId { get; set; }
            public bool Flag { get; set; }
            public byte Small { get; set; }
            public short? Short { get; set; }
            public long Long { get; set; }
            public ulong Large { get; set; }
            public float Float { get; set; }
            public double Double { get; set; }
            public decimal Price { get; set; }
            public char Letter { get; set; }
            public string? Text { get; set; }
            public Guid Code { get; set; }
            public Mood Mood { get; set; }
            public Mood? Named { get; set; }
            public byte[] Bytes { get; set; } = [];
            public DateTime Moment { get; set; }
            public DateTimeOffset CreatedAt { get; set; }
            public DateTimeOffset? EndedAt { get; set; }
            public DateOnly Day { get; set; }
            public TimeOnly Time { get; set; }
            public TimeSpan Span { get; set; }
            public List<string> Tags { get; set; } = [];
            public int[] Numbers { get; set; } = [];
            public Address Home { get; set; } = new();
        }
        public static class Rows
        {
            public static async System.Threading.Tasks.Task<string> FillAsync(LabDb db)
            {
                for (var i = 1; i <= 40; i++)
                {
                    db.Add(new Thing
                    {
                        Id = i, ParentId = i % 5 == 0 ? 41 - i : null, Flag = i % 2 == 0, Small = (byte)(i * 6), Short = i % 3 == 0 ? null : (short)-i,
                        Long = long.MaxValue - i, Large = ulong.MaxValue - (ulong)i,
                        Float = i == 7 ? float.PositiveInfinity : i / 3f, Double = i == 8 ? double.NegativeInfinity : i / 7.0,
                        Price = i + 0.25m, Letter = (char)('a' + i % 26), Text = i % 4 == 0 ? null : $"Zeile {i} 😀 'x' \"y\"\n",
                        Code = new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), Mood = (Mood)(i % 2), Named = i % 3 == 0 ? null : (Mood)(i % 2),
                        Bytes = [(byte)i, 0, 255], Moment = new DateTime(2026, 5, 28, 10, 0, 0, DateTimeKind.Utc).AddMicroseconds(i),
                        CreatedAt = new DateTimeOffset(2026, 5, 28, 10, 0, 0, TimeSpan.FromHours(2)).AddMinutes(i),
                        EndedAt = i % 2 == 0 ? null : DateTimeOffset.UnixEpoch,
                        Day = new DateOnly(2026, 1, 1).AddDays(i), Time = new TimeOnly(10, 0).AddMinutes(i),
                        Span = TimeSpan.FromHours(i * 7), Tags = i % 2 == 0 ? [] : ["a", $"b{i}"], Numbers = [i, -i],
                        Home = new Address { City = $"city {i}", Number = i % 2 == 0 ? null : i },
                    });
                }
                db.Add(new Part { ThingId = 3, Name = "part" });
                await db.SaveChangesAsync();
                db.Remove(await db.Set<Part>().SingleAsync());
                await db.SaveChangesAsync();
                return "";
            }
            public static async System.Threading.Tasks.Task<string> DumpAsync(LabDb db) =>
                System.Text.Json.JsonSerializer.Serialize(await db.Set<Thing>().OrderBy(row => row.Id).ToListAsync(),
                    new System.Text.Json.JsonSerializerOptions
                    {
                        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
                    });
            public static async System.Threading.Tasks.Task<string> NextAsync(LabDb db)
            {
                var part = new Part { ThingId = 1 };
                var thing = new Thing { Letter = (char)120 };
                db.Add(part);
                db.Add(thing);
                await db.SaveChangesAsync();
                return $"{part.Id} {thing.Id}";
            }
        }
        """;

    private const string Modelling =
        "model.Entity<Thing>(thing => { thing.Property(row => row.Price).HasPrecision(12, 2); thing.Property(row => " +
        "row.Named).HasConversion<string>().HasMaxLength(20); thing.ComplexProperty(row => row.Home, home => home.ToJson()); "
        + "thing.HasOne<Thing>().WithMany().HasForeignKey(row => row.ParentId); }); model.Entity<Part>().HasOne<Thing>().WithMany().HasForeignKey(part => " +
            "part.ThingId);";

    [Theory]
    [InlineData(TestDatabase.Sqlite, TestDatabase.Postgres)]
    [InlineData(TestDatabase.Postgres, TestDatabase.Sqlite)]
    public async Task A_copy_has_every_row_as_it_was_and_the_next_key(string from, string to)
    {
        var model = await ModelAsync();
        await using var source = await FilledAsync(model, from);
        await using var target = await TestDatabase.CreateAsync(to);

        await model.OkAsync(source.Url, "db", "copy", source.Url, target.Url);

        Assert.Equal(await model.CallAsync(source.Url, "DumpAsync"), await model.CallAsync(target.Url, "DumpAsync"));
        await model.OkAsync(target.Url, "db", "check");
        Assert.Equal("2 41", await model.CallAsync(target.Url, "NextAsync"));
        Assert.Contains("has rows already", await model.FailsAsync(source.Url, "db", "copy", source.Url, target.Url), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite, TestDatabase.Postgres)]
    [InlineData(TestDatabase.Postgres, TestDatabase.Sqlite)]
    public async Task An_export_is_imported_on_whatever_database(string from, string to)
    {
        var model = await ModelAsync();
        await using var source = await FilledAsync(model, from);
        await using var target = await TestDatabase.CreateAsync(to);
        var folder = Directory.CreateTempSubdirectory("carafe-export-");
        try
        {
            var file = Path.Combine(folder.FullName, "rows.jsonl");
            await model.OkAsync(source.Url, "db", "export", file);
            Assert.Contains("is behind by 1", await model.FailsAsync(target.Url, "db", "import", file), StringComparison.Ordinal);
            await model.OkAsync(target.Url, "db", "upgrade");
            await model.OkAsync(target.Url, "db", "import", file);
            Assert.Equal(await model.CallAsync(source.Url, "DumpAsync"), await model.CallAsync(target.Url, "DumpAsync"));
            Assert.Contains("exists already", await model.FailsAsync(source.Url, "db", "export", file), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task An_export_of_one_user_has_what_would_be_deleted_with_it_and_nothing_of_others(string kind)
    {
        var model = await new CompiledModel(Lab.Source(
            """
            public class User { public int Id { get; set; } public string Name { get; set; } = ""; }
            public class Post { public int Id { get; set; } public int UserId { get; set; } public int? ReviewerId { get; set; } }
            public class Comment { public int Id { get; set; } public int PostId { get; set; } public int? ReplyTo { get; set; } }
            public class Product { public int Id { get; set; } }
            """,
            """
            model.Entity<User>();
            model.Entity<Post>().HasOne<User>().WithMany().HasForeignKey(post => post.UserId).OnDelete(DeleteBehavior.Cascade);
            model.Entity<Post>().HasOne<User>().WithMany().HasForeignKey(post => post.ReviewerId).OnDelete(DeleteBehavior.SetNull);
            model.Entity<Comment>().HasOne<Post>().WithMany().HasForeignKey(comment => comment.PostId).OnDelete(DeleteBehavior.Cascade);
            model.Entity<Comment>().HasOne<Comment>().WithMany().HasForeignKey(comment => comment.ReplyTo).OnDelete(DeleteBehavior.Cascade);
            model.Entity<Product>();
            """)).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.ExecuteAsync(database.Url,
            "INSERT INTO \"user\" (id, name) VALUES (1, 'alice'), (7, 'bob'); INSERT INTO post (id, user_id, reviewer_id) VALUES (1, 1, 7), (2, 7, 1); "
            + "INSERT INTO comment (id, post_id, reply_to) VALUES (1, 1, null), (2, 2, null), (3, 2, 2); INSERT INTO product (id) VALUES (1)");
        var folder = Directory.CreateTempSubdirectory("carafe-export-");
        try
        {
            var file = Path.Combine(folder.FullName, "bob.jsonl");
            await model.OkAsync(database.Url, "db", "export", file, "--of", "user=7");
            Assert.Equal(
                ["comment 2", "comment 3", "post 2", "user 7"],
                (await File.ReadAllLinesAsync(file)).Skip(1)
                    .Select(line => JsonNode.Parse(line)!).Select(line => $"{line["table"]} {line["row"]!["id"]}").Order());

            foreach (var (of, message) in new[]
            {
                ("user=9", "There is no row user=9"), ("users=7", "There is no table users"), ("user=bob", "'bob' is not a key"),
                ("user", "'user' names no row"), ("user=7 OR 1=1", "is not a key"),
            })
            {
                Assert.Contains(message, await model.FailsAsync(database.Url, "db", "export", $"{file}2", "--of", of), StringComparison.Ordinal);
                Assert.Single(folder.GetFiles());
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_reset_leaves_an_empty_database_at_head(string kind)
    {
        var model = await ModelAsync();
        await using var database = await FilledAsync(model, kind);
        await model.OkAsync(database.Url, "db", "reset");
        await model.OkAsync(database.Url, "db", "check");
        Assert.Equal(["0"], await model.QueryAsync(database.Url, "SELECT count(*) FROM thing"));
    }

    /// <summary>A million with <c>TEST_WHOLE=true</c>, which a quiet machine copies within a minute.</summary>
    [Theory]
    [InlineData(TestDatabase.Sqlite, TestDatabase.Postgres)]
    [InlineData(TestDatabase.Postgres, TestDatabase.Sqlite)]
    public async Task Many_rows_are_copied_within_a_minute(string from, string to)
    {
        var count = Models.Sampling.IsWhole ? 1_000_000 : 20_000;
        var model = await new CompiledModel(Lab.Source(
            "public class Post { public int Id { get; set; } public string Title { get; set; } = \"\"; public decimal Price { get; set; } "
            + "public int UserId { get; set; } public DateTimeOffset CreatedAt { get; set; } public Guid? Code { get; set; } }",
            "model.Entity<Post>(row => { row.Property(x => x.Price).HasPrecision(12, 2); row.HasIndex(x => x.UserId); });")).MigrateAsync("First");
        await using var source = await TestDatabase.CreateAsync(from);
        await using var target = await TestDatabase.CreateAsync(to);
        await model.OkAsync(source.Url, "db", "upgrade");
        // The time that a statement may take is that of a request.
        for (var start = 0; start < count; start += 20_000)
        {
            await model.ExecuteAsync(source.Url, from == TestDatabase.Sqlite
                ? $"WITH RECURSIVE n(i) AS (SELECT {start} + 1 UNION ALL SELECT i + 1 FROM n WHERE i < {start} + 20000) INSERT INTO post (id, title, price, "
                    + "user_id, created_at) SELECT i, 'Title of ' || i, i % 1000 || '.25', i % 77, '2026-05-28 10:00:00' FROM n"
                : "INSERT INTO post (id, title, price, user_id, created_at) SELECT i, 'Title of ' || i, i % 1000 + 0.25, i % 77, '2026-05-28 10:00:00Z' "
                    + $"FROM generate_series({start} + 1, {start} + 20000) i");
        }

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await model.OkAsync(source.Url, "db", "copy", source.Url, target.Url);
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(started);

        Assert.True(took < TimeSpan.FromSeconds(60), $"{count} rows took {took}.");
        TestContext.Current.SendDiagnosticMessage($"{count} rows from {from} to {to}: {took.TotalSeconds:0.0} s");
        Assert.Equal([$"{count}|{count}"], await model.QueryAsync(target.Url, "SELECT count(*), max(id) FROM post WHERE title LIKE 'Title of %'"));
    }

    private static Task<CompiledModel> ModelAsync() => new CompiledModel(Lab.Source(Classes, Modelling)).MigrateAsync("First");

    private static async Task<ITestDatabase> FilledAsync(CompiledModel model, string kind)
    {
        var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.CallAsync(database.Url, "FillAsync");
        return database;
    }
}
