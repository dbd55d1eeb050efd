using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Models;

/// <summary>Every type of a column becomes every other one, with every value: it is the same value then, or the change is refused.</summary>
public class TypePairTests
{
    private static readonly Lazy<Task<(CompiledModel First, CompiledModel Second)>> Written = new(async () =>
    {
        var first = await new CompiledModel(Source((from, _) => from)).MigrateAsync("First");
        return (first, await first.Then(Source((_, to) => to)).MigrateAsync("Second"));
    });

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_value_is_the_same_in_the_new_type_or_is_refused_and_named(string kind)
    {
        var (kinds, pairs) = (ColumnKind.All, ColumnKind.All.SelectMany(from => ColumnKind.All.Where(to => to != from).Select(to => (From: from, To: to))));
        var (first, second) = await Written.Value;
        await using var database = await TestDatabase.CreateAsync(kind);
        await first.OkAsync(database.Url, "db", "upgrade");
        Assert.Equal(kinds.Count, (await first.QueryAsync(database.Url, Tables(kind))).Length);

        var faults = new List<string>();
        await using var old = await Side.OpenAsync(first, database.Url);
        await using var recent = await Side.OpenAsync(second, database.Url);
        foreach (var (from, to) in Sampling.Take(pairs, 100))
        {
            faults.AddRange(await new PairTrial(old, recent, from, to).RunAsync());
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private static string Tables(string kind) => kind == TestDatabase.Sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'from_%'"
        : "SELECT table_name::text FROM information_schema.tables WHERE table_name LIKE 'from_%'";

    // A table for each old type, with a column for each new one.
    private static string Source(Func<ColumnKind, ColumnKind, ColumnKind> side) => Lab.Source(
        ColumnKind.Enum + string.Concat(ColumnKind.All.Select(from =>
            $"public class From{from.Name} {{ public int Id {{ get; set; }} "
            + $"{string.Concat(Others(from).Select(to => $"public {side(from, to).Clr}? To{to.Name} {{ get; set; }} "))} }}\n")),
        string.Concat(ColumnKind.All.Select(from =>
            $"model.Entity<From{from.Name}>(row => {{ {string.Concat(Others(from).Where(to => side(from, to).Modelling.Length > 0)
                .Select(to => $"row.Property(x => x.To{to.Name}).{side(from, to).Modelling}; "))} }});\n")));

    private static IEnumerable<ColumnKind> Others(ColumnKind from) => ColumnKind.All.Where(to => to != from);
}
