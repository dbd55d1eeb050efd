namespace Carafe.Tests.Data.Migrations;

/// <summary>What a model of an app can be made of, migrated on both databases and found sound.</summary>
public class ModelTests
{
    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_model_is_migrated_there_and_back_and_agrees_with_its_database(string name, string kind)
    {
        var (classes, modelling) = Sources[name];
        var model = await new CompiledModel(Lab.Source(classes, modelling)).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.OkAsync(database.Url, "db", "check");
        await model.OkAsync(database.Url, "db", "downgrade");
        await model.OkAsync(database.Url, "db", "upgrade");
        await model.OkAsync(database.Url, "db", "check");
        Assert.Equal("ok", await model.CallAsync(database.Url, "TryAsync"));
    }

    private const string Animals =
        "public abstract class Animal { public int Id { get; set; } public string Name { get; set; } = \"\"; } public class Cat : Animal { public int " +
        "Lives { get; set; } } public class Dog : Animal { public string? Trick { get; set; } }"
        + " public static class Rows { public static async System.Threading.Tasks.Task<string> TryAsync(LabDb db) { db.Add(new Cat { Name = \"c\", Lives " +
            "= 9 }); db.Add(new Dog { Name = \"d\" }); await db.SaveChangesAsync(); db.ChangeTracker.Clear(); "
        + "return await db.Set<Animal>().CountAsync() == 2 && (await db.Set<Cat>().SingleAsync()).Lives == 9 ? \"ok\" : \"no\"; } }";

    private static string Row(string members, string make, string expect) => $"public class Row {{ public int Id {{ get; set; }} {members} }} "
        + $"public static class Rows {{ public static async System.Threading.Tasks.Task<string> TryAsync(LabDb db) {{ db.Add(new Row {{ {make} }}); await " +
            $"db.SaveChangesAsync(); db.ChangeTracker.Clear(); "
        + $"var row = await db.Set<Row>().OrderBy(one => one.Id).LastAsync(); return {expect} ? \"ok\" : \"no\"; }} }}";

    private static readonly Dictionary<string, (string Classes, string Modelling)> Sources = new()
    {
        ["TPH"] = (Animals, "model.Entity<Animal>(); model.Entity<Cat>(); model.Entity<Dog>();"),
        ["TPT"] = (Animals, "model.Entity<Animal>().UseTptMappingStrategy(); model.Entity<Cat>(); model.Entity<Dog>();"),
        ["TPC"] = (Animals.Replace("int Id", "Guid Id", StringComparison.Ordinal),
            "model.Entity<Animal>().UseTpcMappingStrategy(); model.Entity<Cat>(); model.Entity<Dog>();"),
        ["computed and stored"] = (
        Row("public int Width { get; set; } public int Height { get; set; } public int Area { get; private set; } public int Twice { get; private set; }",
            "Width = 2, Height = 3", "row.Area == 6"),
            "model.Entity<Row>().Property(row => row.Area).HasComputedColumnSql(\"width * height\", stored: true); model.Entity<Row>().Ignore(row => " +
            "row.Twice);"),
        ["default schema"] = (Row("public string Name { get; set; } = \"\";", "Name = \"n\"", "row.Name == \"n\""),
            "model.HasDefaultSchema(\"shop\"); model.Entity<Row>();"),
        ["data with times and nulls"] = (Row("public DateTimeOffset? At { get; set; } public DateTime Moment { get; set; } public string? Text { get; set; }",
            "Id = 7", "row.Id == 7"),
            "model.Entity<Row>().HasData(new Row { Id = 1, At = new DateTimeOffset(2026, 5, 28, 10, 0, 0, TimeSpan.FromHours(2)), Moment = new " +
            "DateTime(2026, 5, 28, 0, 0, 0, DateTimeKind.Utc) }, new Row { Id = 2, Text = \"x\" });"),
        ["check, default and filter"] = (
        Row("public int Price { get; set; } public string State { get; set; } = \"new\"; public DateTimeOffset? EndedAt { get; set; }", "Price = 1",
            "row.State == \"new\""),
            "model.Entity<Row>(row => { row.ToTable(t => t.HasCheckConstraint(\"ck_price\", \"price >= 0\")); row.Property(x => " +
            "x.State).HasDefaultValue(\"new\"); row.HasIndex(x => x.Price).IsUnique().HasFilter(\"ended_at IS NULL\"); });"),
        ["owned and many to many"] = (
        "public class Row { public int Id { get; set; } public Name Name { get; set; } = new(); public List<Tag> Tags { get; set; } = []; public " +
        "List<Line> Lines { get; set; } = []; } public class Name { public string First { get; set; } = \"\"; } "
            + "public class Line { public string Text { get; set; } = \"\"; } public class Tag { public int Id { get; set; } public List<Row> Rows { get; " +
                "set; } = []; } "
            + "public static class Rows { public static async System.Threading.Tasks.Task<string> TryAsync(LabDb db) { db.Add(new Row { Name = new Name { " +
                "First = \"f\" }, Tags = { new Tag() }, Lines = { new Line { Text = \"l\" } } }); await db.SaveChangesAsync(); db.ChangeTracker.Clear(); "
            + "var row = await db.Set<Row>().Include(r => r.Tags).SingleAsync(); return row.Name.First == \"f\" && row.Tags.Count == 1 && " +
                "row.Lines[0].Text == \"l\" ? \"ok\" : \"no\"; } }",
            "model.Entity<Row>(row => { row.OwnsOne(x => x.Name); row.OwnsMany(x => x.Lines, lines => lines.ToJson()); });"),
        ["own type for a time"] = (Row("public DateTime Local { get; set; }", "Local = new DateTime(2026, 5, 28, 10, 0, 0)",
            "row.Local == new DateTime(2026, 5, 28, 10, 0, 0)"),
            "model.Entity<Row>().Property(row => row.Local).HasColumnType(\"timestamp without time zone\");"),
        ["self references and cycles"] = (
        "public class Row { public int Id { get; set; } public int? ParentId { get; set; } public int? OtherId { get; set; } } public class Other { " +
        "public int Id { get; set; } public int? RowId { get; set; } } "
            + "public static class Rows { public static async System.Threading.Tasks.Task<string> TryAsync(LabDb db) { db.Add(new Row()); await " +
                "db.SaveChangesAsync(); return \"ok\"; } }",
            "model.Entity<Row>(row => { row.HasOne<Row>().WithMany().HasForeignKey(x => x.ParentId); row.HasOne<Other>().WithMany().HasForeignKey(x => " +
            "x.OtherId); }); model.Entity<Other>().HasOne<Row>().WithMany().HasForeignKey(x => x.RowId);"),
        ["two keys and an alternate one"] = (
        "public class Row { public int A { get; set; } public string B { get; set; } = \"\"; public Guid Code { get; set; } } public class Line { public " +
        "int Id { get; set; } public Guid RowCode { get; set; } } "
            + "public static class Rows { public static async System.Threading.Tasks.Task<string> TryAsync(LabDb db) { db.Add(new Row { A = 1, B = \"b\", " +
                "Code = Guid.NewGuid() }); await db.SaveChangesAsync(); return \"ok\"; } }",
            "model.Entity<Row>(row => { row.HasKey(x => new { x.A, x.B }); row.HasAlternateKey(x => x.Code); }); " +
            "model.Entity<Line>().HasOne<Row>().WithMany().HasForeignKey(x => x.RowCode).HasPrincipalKey(x => x.Code);"),
    };

    public static TheoryData<string, string> Models
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var name in Sources.Keys)
            {
                all.Add(name, TestDatabase.Sqlite);
                all.Add(name, TestDatabase.Postgres);
            }

            return all;
        }
    }

    [Fact]
    public async Task A_sequence_is_refused_where_the_migration_is_written()
    {
        var model = new CompiledModel(Lab.Source("public class Row { public int Id { get; set; } }",
            "model.HasSequence<int>(\"numbers\"); model.Entity<Row>();"));
        var fault = await Assert.ThrowsAsync<CommandException>(() => model.MigrateAsync("First"));
        Assert.Contains("SQLite has none", fault.Message, StringComparison.Ordinal);
    }
}
