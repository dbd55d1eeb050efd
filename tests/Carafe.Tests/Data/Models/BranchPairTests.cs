using Carafe.Data.Migrations;
using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Models;

/// <summary>Every pair of steps is written from one base by two people, applied in either order, and merged: no value is lost.</summary>
public class BranchPairTests
{
    public static TheoryData<string, string, bool> Pairs
    {
        get
        {
            var all = new TheoryData<string, string, bool>();
            foreach (var (one, other, order) in Sampling.Take(
                from one in ModelSteps.Kinds
                from other in ModelSteps.Kinds
                from order in new[] { true, false }
                select (one, other, order), 3))
            {
                all.Add(one, other, order);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Both_branches_keep_what_the_other_one_did(string one, string other, bool oneFirst)
    {
        var random = new Random(Sampling.Seed);
        var world = GeneratedModel.First(random);
        ModelStep left, right;
        var (lefts, rights) = (new ModelSteps(random), new ModelSteps(random, 500));
        do
        {
            (left, right) = (lefts.Make(world, one), rights.Make(world, other));
        }
        while (!ModelSteps.CanMerge(left, right));

        var start = await new CompiledModel(world.Source).MigrateAsync("First");
        var (first, second) = (await BranchAsync(start, world, left, "Left"), await BranchAsync(start, world, right, "Right"));
        var merged = right.Apply(left.Apply(world));
        var both = await BothAsync(merged, first, second);
        var (before, name) = (oneFirst ? first : second, $"{left.Name}, {right.Name}");
        foreach (var kind in new[] { TestDatabase.Sqlite, TestDatabase.Postgres })
        {
            await using var database = await TestDatabase.CreateAsync(kind);
            await start.OkAsync(database.Url, "db", "upgrade");
            await ModelRows.FillAsync(start, database.Url, world);
            var values = await ModelRows.ReadAsync(start, database.Url, world);
            await before.OkAsync(database.Url, "db", "upgrade");

            var last = both;
            if (await both.RunAsync(database.Url, "db", "upgrade") is (not 0, var output))
            {
                Assert.True(output.Contains("db merge", StringComparison.Ordinal), $"{kind}: {name}: {output}");
                last = await both.MergeAsync("Meet");
                var (code, said) = await last.RunAsync(database.Url, "db", "upgrade");
                Assert.True(code == 0, $"{kind}: {name}: {said}");
            }

            var (checks, agreed) = await last.RunAsync(database.Url, "db", "check");
            Assert.True(checks == 0, $"{kind}: {name}: {agreed}");
            ModelWalk.Compare($"{kind}: {name}", values, await ModelRows.ReadAsync(last, database.Url, merged), [left, right]);
        }
    }

    private static async Task<CompiledModel> BranchAsync(CompiledModel start, GeneratedModel world, ModelStep step, string name) =>
        (await start.Then(step.Apply(world).Source).TryMigrateAsync(
            name, new MigrateChoices([.. step.Renames.Select(Rename.Parse)], step.Renames.Count == 0, AcceptDataLoss: true))).Model;

    // Git merges the files; of the snapshot, which both have changed, both changes are taken.
    private static async Task<CompiledModel> BothAsync(GeneratedModel merged, CompiledModel first, CompiledModel second)
    {
        var snapshot = (await new CompiledModel(merged.Source).MigrateAsync("Whole")).Sources
            .Single(source => source.Contains(": ModelSnapshot", StringComparison.Ordinal));
        var files = first.Sources.Concat(second.Sources).Distinct()
            .Where(source => !source.Contains("namespace Lab;", StringComparison.Ordinal) && !source.Contains(": ModelSnapshot", StringComparison.Ordinal));
        return new CompiledModel([merged.Source, .. files, snapshot]);
    }
}
