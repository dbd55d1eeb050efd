using System.Globalization;

namespace Carafe.Tests.Data.Migrations;

/// <summary>A property gets another type while its table has rows.</summary>
public class TypeChangeTests
{
    // A type, a value in C#, and its twin in every type that it can become.
    private static readonly (string Type, string Value)[] Numbers =
    [
        ("bool", "true"), ("byte", "1"), ("int", "1"), ("long", "1L"), ("ulong", "1UL"), ("double", "1d"), ("decimal", "1m"), ("string", "\"1\""),
    ];

    private static readonly (string From, string To, string Value, string Becomes)[] Pairs =
    [
        .. from one in Numbers
           from other in Numbers
           where one != other && !(one.Type == "bool" && other.Type is "float" or "double") && !(other.Type == "bool" && one.Type is "float" or "double")
           select (one.Type, other.Type, one.Value, one.Type == "bool" && other.Type == "string" ? "\"true\"" : other.Type == "string"
               && one.Type is "decimal" or "ulong" or "float" or "double" ? null! : other.Value),
        ("string", "Guid", "\"0f8fad5b-d9cb-469f-a165-70867728950e\"", "Guid.Parse(\"0f8fad5b-d9cb-469f-a165-70867728950e\")"),
        ("Guid", "string", "Guid.Parse(\"0f8fad5b-d9cb-469f-a165-70867728950e\")", "\"0f8fad5b-d9cb-469f-a165-70867728950e\""),
        ("DateOnly", "DateTime", "new DateOnly(2026, 5, 28)", "new DateTime(2026, 5, 28, 0, 0, 0, DateTimeKind.Utc)"),
        ("DateTimeOffset", "DateOnly", "new DateTimeOffset(2026, 5, 28, 0, 0, 0, TimeSpan.Zero)", "new DateOnly(2026, 5, 28)"),
        ("DateTime", "DateTimeOffset", "new DateTime(2026, 5, 28, 1, 2, 3, DateTimeKind.Utc)", "new DateTimeOffset(2026, 5, 28, 1, 2, 3, TimeSpan.Zero)"),
        ("string", "DateTimeOffset", "\"2026-05-28T10:00:00+02:00\"", "new DateTimeOffset(2026, 5, 28, 8, 0, 0, TimeSpan.Zero)"),
        ("DateTimeOffset", "string", "new DateTimeOffset(2026, 5, 28, 10, 0, 0, TimeSpan.FromHours(2))", "\"2026-05-28T08:00:00.000000Z\""),
        ("string", "TimeOnly", "\"10:20:30\"", "new TimeOnly(10, 20, 30)"),
        ("TimeOnly", "string", "new TimeOnly(10, 20, 30)", "\"10:20:30\""),
        ("Mood", "long", "Mood.Cross", "1L"),
        ("int", "Mood", "1", "Mood.Cross"),
    ];

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Every_value_that_the_new_type_has_becomes_it_and_is_found_by_a_filter(string kind)
    {
        var (before, after) = (Source(pair => (pair.From, pair.Value)), Source(pair => (pair.To, pair.Becomes)));
        var first = await new CompiledModel(before).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.CallAsync(database.Url, "FillAsync");

        var second = await first.Then(after).MigrateAsync("Second");
        await second.OkAsync(database.Url, "db", "upgrade");

        Assert.Equal("", await second.CallAsync(database.Url, "CompareAsync"));
        await second.OkAsync(database.Url, "db", "check");
    }

    [Theory]
    [InlineData("string", "int", "'abc'")]
    [InlineData("string", "int", "'99999999999'")]
    [InlineData("string", "decimal", "'1,5'")]
    [InlineData("string", "bool", "'yes'")]
    [InlineData("string", "Guid", "'0f8fad5b'")]
    [InlineData("string", "DateTimeOffset", "'02/03/2026'")]
    [InlineData("string", "DateOnly", "'2026-05-28 10:00'")]
    [InlineData("long", "int", "3000000000")]
    [InlineData("int", "byte", "256")]
    [InlineData("int", "uint", "-1")]
    [InlineData("long", "ulong", "-1")]
    [InlineData("int", "bool", "2")]
    [InlineData("double", "int", "1.5")]
    [InlineData("double", "byte[]", "1.5")]
    [InlineData("string", "byte[]", "'a'")]
    [InlineData("string", "TimeSpan", "'1'")]
    public async Task A_value_that_does_not_fit_is_named_with_its_row_and_nothing_is_changed(string from, string to, string value)
    {
        foreach (var kind in new[] { TestDatabase.Sqlite, TestDatabase.Postgres })
        {
            var first = await new CompiledModel(Single($"{from}?")).MigrateAsync("First");
            var second = await first.Then(Single($"{to}?")).MigrateAsync("Second");
            await using var database = await TestDatabase.CreateAsync(kind);
            await first.OkAsync(database.Url, "db", "upgrade");
            await first.ExecuteAsync(database.Url, $"INSERT INTO thing (value) VALUES (NULL), ({value})");
            var rows = await first.QueryAsync(database.Url, "SELECT * FROM thing ORDER BY id");

            var output = await second.FailsAsync(database.Url, "db", "upgrade");

            Assert.Contains("thing.value", output, StringComparison.Ordinal);
            Assert.Contains("id 2", output, StringComparison.Ordinal);
            Assert.Equal(rows, await first.QueryAsync(database.Url, "SELECT * FROM thing ORDER BY id"));
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_name_that_an_enum_no_longer_has_is_found_in_the_rows(string kind)
    {
        static string Named(string names) => Lab.Source(
            $"public enum Mood {{ {names} }} public class Thing {{ public int Id {{ get; set; }} public Mood Value {{ get; set; }} }}",
            "model.Entity<Thing>().Property(row => row.Value).HasConversion<string>();");

        var first = await new CompiledModel(Named("Calm, Cross")).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(kind);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, "INSERT INTO thing (value) VALUES ('Calm'), ('Cross')");

        var more = first.Then(Named("Calm, Cross, Glad"));
        await more.OkAsync(database.Url, "db", "check");
        var fewer = first.Then(Named("Calm, Angry"));
        Assert.Contains("thing.value differs", await fewer.FailsAsync(database.Url, "db", "check"), StringComparison.Ordinal);
        var second = await fewer.MigrateAsync("Second");
        Assert.Contains("id 2 ('Cross')", await second.FailsAsync(database.Url, "db", "upgrade"), StringComparison.Ordinal);
        await first.ExecuteAsync(database.Url, "UPDATE thing SET value = 'Calm' WHERE id = 2");
        await second.OkAsync(database.Url, "db", "upgrade");
        await second.OkAsync(database.Url, "db", "check");
    }

    private static string Single(string type) =>
        Lab.Source($"public class Thing {{ public int Id {{ get; set; }} public {type} Value {{ get; set; }} }}", "model.Entity<Thing>();");

    // A table for each pair, so that one migration changes them all.
    private static string Source(Func<(string From, string To, string Value, string Becomes), (string Type, string? Value)> side)
    {
        var chosen = Pairs.Select((pair, i) => (Name: $"T{i.ToString(CultureInfo.InvariantCulture)}", Side: side(pair), pair)).ToList();
        var classes = string.Concat(chosen.Select(one =>
            $"public class {one.Name} {{ public int Id {{ get; set; }} public {one.Side.Type} Value {{ get; set; }} = default!; public {one.Side.Type}? " +
                $"Maybe {{ get; set; }} }}\n"));
        var fill = string.Concat(chosen.Select(one =>
            $"db.Add(new {one.Name} {{ Value = {one.Side.Value ?? "default!"}, Maybe = {one.Side.Value ?? "default"} }}); db.Add(new {one.Name} {{ Value " +
                $"= {one.Side.Value ?? "default!"} }});\n"));
        var compare = string.Concat(chosen.Where(one => one.Side.Value is not null).Select(one =>
            $"if (await db.Set<{one.Name}>().CountAsync(row => row.Value == {one.Side.Value}) != 2 || await db.Set<{one.Name}>().CountAsync(row => " +
                $"row.Maybe == {one.Side.Value}) != 1 || await db.Set<{one.Name}>().CountAsync(row => row.Maybe == null) != 1)"
            + $" faults += \"{one.pair.From} to {one.pair.To}; \";\n"));
        return Lab.Source(
            $$"""
            public enum Mood { Calm, Cross }
            {{classes}}
            public static class Rows
            {
                public static async System.Threading.Tasks.Task<string> FillAsync(LabDb db) { {{fill}} await db.SaveChangesAsync(); return ""; }
                public static async System.Threading.Tasks.Task<string> CompareAsync(LabDb db) { var faults = ""; {{compare}} return faults; }
            }
            """,
            string.Concat(chosen.Select(one => $"model.Entity<{one.Name}>();")));
    }
}
