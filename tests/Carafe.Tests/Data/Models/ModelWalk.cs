using System.Globalization;
using Carafe.Data.Migrations;
using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Models;

/// <summary>A model on its way, with what every row held at each place.</summary>
internal sealed class ModelWalk
{
    private readonly ModelSteps _steps;
    private readonly Random _random;
    private readonly List<(CompiledModel Model, GeneratedModel GeneratedModel, Dictionary<(string, string, string), object?> Values)> _places = [];
    private readonly List<ModelStep> _taken = [];
    private readonly List<bool> _isMigration = [];

    private ModelWalk(int seed)
    {
        _random = new Random(seed);
        _steps = new ModelSteps(_random);
        GeneratedModel = GeneratedModel.First(_random);
        Model = new CompiledModel(GeneratedModel.Source);
    }

    public GeneratedModel GeneratedModel { get; private set; }

    public CompiledModel Model { get; private set; }

    public static async Task<ModelWalk> BeginAsync(int seed)
    {
        var walk = new ModelWalk(seed);
        walk.Model = await walk.Model.MigrateAsync("Step0");
        return walk;
    }

    /// <summary>Remembers what both databases hold, which is the same.</summary>
    public async Task NoteAsync(IReadOnlyList<(string Kind, string Url)> sides)
    {
        var values = await ModelRows.ReadAsync(Model, sides[0].Url, GeneratedModel);
        var others = await ModelRows.ReadAsync(Model, sides[1].Url, GeneratedModel);
        Assert.Equal(Lines(values), Lines(others));
        _places.Add((Model, GeneratedModel, values));
    }

    public async Task StepAsync(int number, IReadOnlyList<(string Kind, string Url)> sides)
    {
        var step = _steps.Make(GeneratedModel, number <= ModelSteps.Kinds.Count && _random.Next(3) > 0
            ? ModelSteps.Kinds[_random.Next(ModelSteps.Kinds.Count)] : ModelSteps.Kinds[(number * 7) % ModelSteps.Kinds.Count]);
        var before = _places[^1];
        var choices = new MigrateChoices([.. step.Renames.Select(Rename.Parse)], step.Renames.Count == 0, AcceptDataLoss: true);
        _taken.Add(step);
        GeneratedModel = step.Apply(GeneratedModel);
        var files = Model.Sources.Count;
        Model = (await Model.Then(GeneratedModel.Source).TryMigrateAsync($"Step{number.ToString(CultureInfo.InvariantCulture)}", choices)).Model;
        // What a document holds is no matter of the schema.
        _isMigration.Add(Model.Sources.Count > files);
        foreach (var (kind, url) in sides)
        {
            var (code, output) = await Model.RunAsync(url, "db", "upgrade");
            Assert.True(code == 0, $"{kind}: {step.Name}: {output}");
            (code, output) = await Model.RunAsync(url, "db", "check");
            Assert.True(code == 0, $"{kind}: {step.Name}: {output}");
            Compare($"{kind}: {step.Name}", before.Values, await ModelRows.ReadAsync(Model, url, GeneratedModel), [step]);
            await ModelRows.FillAsync(Model, url, GeneratedModel);
        }

        await NoteAsync(sides);
    }

    public async Task BackAsync(int number, IReadOnlyList<(string Kind, string Url)> sides)
    {
        var place = _places[number - 1];
        foreach (var (kind, url) in sides)
        {
            var (code, output) = _isMigration[number - 1] ? await Model.RunAsync(url, "db", "downgrade") : (0, "");
            Assert.True(code == 0, $"{kind}: back from {_taken[number - 1].Name}: {output}");
            (code, output) = await place.Model.RunAsync(url, "db", "check");
            Assert.True(code == 0, $"{kind}: back from {_taken[number - 1].Name}: {output}");
            var values = await ModelRows.ReadAsync(place.Model, url, place.GeneratedModel);
            // What a later step dropped has come back empty.
            var lasting = place.Values.Where(value => _taken.Skip(number - 1).Aggregate(((string, string)?)(value.Key.Item1, value.Key.Item3),
                (at, step) => at is { } known ? step.Move(known) : null) is not null);
            foreach (var (key, value) in lasting)
            {
                Assert.True(values.TryGetValue(key, out var now) && ColumnKind.Show(now) == ColumnKind.Show(value),
                    $"{kind}: back from {_taken[number - 1].Name}: {key} was {ColumnKind.Show(value)} and is {ColumnKind.Show(now)}");
            }
        }
    }

    /// <summary>Finds every value where the steps have put it.</summary>
    public static void Compare(string what, Dictionary<(string, string, string), object?> before, Dictionary<(string, string, string), object?> after,
        IReadOnlyList<ModelStep> steps)
    {
        foreach (var ((entity, row, property), value) in before)
        {
            var place = steps.Aggregate(((string Entity, string Property)?)(entity, property), (at, step) => at is { } known ? step.Move(known) : null);
            if (place is not { } there)
            {
                continue;
            }

            var key = (there.Entity, entity == there.Entity ? row : row.Replace(entity, there.Entity, StringComparison.Ordinal), there.Property);
            Assert.True(after.TryGetValue(key, out var now), $"{what}: {key} is gone");
            Assert.True(IsSame(value, now), $"{what}: {key} was {ColumnKind.Show(value)} and is {ColumnKind.Show(now)}");
        }
    }

    private static bool IsSame(object? value, object? now)
    {
        var (one, other) = (ColumnKind.Show(value).Trim('\''), ColumnKind.Show(now).Trim('\''));
        return one == other || (value is bool flag && (other == (flag ? "1" : "0") || other == (flag ? "true" : "false")))
            || (value is DateOnly && other == $"{one}T00:00:00")
            || (value is float real && now is double wide && (float)wide == real);
    }

    private static IEnumerable<string> Lines(Dictionary<(string, string, string), object?> values) =>
        values.Select(value => $"{value.Key.Item1}.{value.Key.Item3} of {value.Key.Item2}: {ColumnKind.Show(value.Value)}").Order(StringComparer.Ordinal);
}
