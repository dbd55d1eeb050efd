using System.Globalization;

namespace Carafe.Tests.Data.Models;

/// <summary>What one step does to a model, and where the values of a property are after it.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Apply">Makes the model after it of the model before it, which another step may have changed as well.</param>
/// <param name="Renames">What its author says to <c>db migrate</c>.</param>
/// <param name="Move">The entity and property after the step; null where it is dropped.</param>
internal sealed record ModelStep(
    string Name, Func<GeneratedModel, GeneratedModel> Apply, IReadOnlyList<string> Renames, Func<(string Entity, string Property), (string, string)?> Move)
{
    /// <summary>The tables and columns it touches, for choosing steps that do not stand in each other's way.</summary>
    public IReadOnlyList<string> Touches { get; init; } = [];

    /// <summary>Whether nothing else can be done with the table meanwhile.</summary>
    public bool TakesTable { get; init; }
}

/// <summary>Makes steps at random.</summary>
internal sealed class ModelSteps(Random random, int names = 100)
{
    // Every value of the first is one of the second, and comes back.
    private static readonly (string From, string To)[] Widenings =
    [
        ("Byte", "Int"), ("SByte", "Short"), ("Short", "Int"), ("UShort", "Long"), ("Int", "Long"), ("UInt", "Long"), ("Int", "Text"), ("Long", "Text"),
        ("Float", "Double"), ("Money", "Decimal"), ("Char", "Text"), ("Short10", "Text"), ("Guid", "Text"), ("DateOnly", "DateTime"), ("Mood", "NamedMood"),
        ("Bool", "Int"), ("Bool", "Text"), ("DateTime", "Instant"), ("TimeOnly", "Text"),
    ];

    private int _count = names;

    public static IReadOnlyList<string> Kinds { get; } =
    [
        "add", "add required", "drop", "rename", "loosen", "widen", "index", "unique", "check", "computed", "reference", "entity", "rename entity",
        "drop entity",
    ];

    public ModelStep Make(GeneratedModel world, string kind)
    {
        var added = ColumnKind.All.Where(known => kind == "add" || known.Name is not ("Address" or "Link")).ToArray();
        switch (kind)
        {
            case "add" or "add required":
                var column = new GeneratedColumn(NewName(), Pick(added), kind == "add required");
                var home = Pick(world.Entities.Where(entity => entity.Takes(column.Kind)));
                return Stay($"{kind} {column.Kind.Name} to {home.Name}", home.Name,
                    entity => entity with { Columns = [.. entity.Columns, column] });
            case "drop":
                return On(world, kind, _ => true, _ => null, rename: false);
            case "rename":
                return On(world, kind, (entity, column) => entity.Modelling != "-" && entity.Base.Length == 0 && !HasHeirs(world, entity),
                    column => column with { Name = NewName() }, rename: true);
            case "loosen":
                return On(world, kind, (entity, column) => column.IsRequired && entity.Modelling != "-", column => column with { IsRequired = false }, false);
            case "widen":
                return On(world, kind, (entity, column) => entity.Modelling != "-" && Widenings.Any(pair => pair.From == column.Kind.Name),
                    column => column with
                    {
                        Kind = ColumnKind.All.Single(to => to.Name == Pick(Widenings.Where(pair => pair.From == column.Kind.Name)).To),
                    }, false);
            case "index" or "unique":
                var (indexed, on) = Pick(world.Entities.Where(entity => entity.IsPlain)
                    .SelectMany(entity => entity.Columns.Where(column => column.Kind.Name is not ("Numbers" or "Words")).Select(column => (entity, column))));
                var call = kind == "index" ? $"row.HasIndex(x => x.{on.Name}); "
                    : $"row.HasIndex(x => new {{ x.Id, x.{on.Name} }}).IsUnique().HasFilter(\"id > 1\"); ";
                return Stay($"{kind} on {indexed.Name}.{on.Name}", indexed.Name, Extra(on.Name, call, ""), $"{indexed.Name}.{on.Name}");
            case "check":
                var check = NewName();
                return Plain(world, kind, $"row.ToTable(t => t.HasCheckConstraint(\"ck_{check}\", \"id > 0\")); ", "");
            case "computed":
                var computed = NewName();
                return Plain(world, kind, $"row.Property(x => x.{computed}).HasComputedColumnSql(\"id * 2\", stored: true); ",
                    $"public int? {computed} {{ get; private set; }} ");
            case "reference":
                var (from, target) = (Pick(Plains(world)), Pick(Plains(world)));
                var reference = new GeneratedColumn(NewName(), ColumnKind.All.Single(known => known.Name == "Int"), IsRequired: false, target.Name);
                return Stay($"{kind} from {from.Name} to {target.Name}", from.Name, entity => entity with { Columns = [.. entity.Columns, reference] },
                    target.Name);
            case "entity":
                var name = NewName();
                var made = new GeneratedEntity(name, "public int Id { get; set; } ")
                {
                    IsPlain = true,
                    Columns = [new("Kept", Pick(ColumnKind.All), IsRequired: false)],
                };
                return new($"{kind} {name}", before => new([.. before.Entities, made]), [], place => place) { Touches = [name] };
            case "rename entity":
                var (old, recent) = (Pick(Plains(world).Where(entity => IsFree(world, entity))), NewName());
                return new($"rename {old.Name} to {recent}", before => before.With(old.Name, entity => entity with { Name = recent }),
                    [$"{Snake(old.Name)}={Snake(recent)}"], place => place.Entity == old.Name ? (recent, place.Property) : place)
                { Touches = [old.Name], TakesTable = true };
            default:
                var gone = Pick(Plains(world).Where(entity => IsFree(world, entity)));
                return new($"drop {gone.Name}", before => new([.. before.Entities.Where(entity => entity.Name != gone.Name)]), [],
                    place => place.Entity == gone.Name ? null : place)
                { Touches = [gone.Name], TakesTable = true };
        }
    }

    public static string Snake(string name) =>
        string.Concat(name.Select((letter, i) => char.IsUpper(letter) && i > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    /// <summary>Returns whether two steps from one base can both be taken: none takes away what the other one works on.</summary>
    public static bool CanMerge(ModelStep one, ModelStep other) =>
        !one.Touches.Intersect(other.Touches).Any(touched => touched.Contains('.', StringComparison.Ordinal) || one.TakesTable || other.TakesTable);

    private static bool HasHeirs(GeneratedModel world, GeneratedEntity entity) => world.Entities.Any(other => other.Base == entity.Name);

    private static IEnumerable<GeneratedEntity> Plains(GeneratedModel world) => world.Entities.Where(entity => entity.IsPlain);

    private static bool IsFree(GeneratedModel world, GeneratedEntity entity) =>
        Plains(world).Count() > 2 && !world.Entities.Any(other => other.Columns.Any(column => column.Target == entity.Name));

    private static ModelStep Stay(string name, string entity, Func<GeneratedEntity, GeneratedEntity> change, params string[] touches) =>
        new(name, before => before.With(entity, change), [], place => place) { Touches = [entity, .. touches] };

    private static Func<GeneratedEntity, GeneratedEntity> Extra(string name, string call, string member) =>
        known => known with { Extras = [.. known.Extras, (name, call, member)] };

    private ModelStep Plain(GeneratedModel world, string kind, string call, string member)
    {
        var entity = Pick(Plains(world));
        return Stay($"{kind} on {entity.Name}", entity.Name, Extra("", call, member));
    }

    // Another form of one column, or none.
    private ModelStep On(
        GeneratedModel world, string kind, Func<GeneratedEntity, GeneratedColumn, bool> wanted, Func<GeneratedColumn, GeneratedColumn?> change, bool rename)
    {
        var (entity, column) = Pick(world.Entities.SelectMany(entity => entity.Columns.Select(column => (entity, column)))
            .Where(one => wanted(one.entity, one.column) && one.column.Target is null && !one.entity.Extras.Any(extra => extra.Name == one.column.Name)));
        var changed = change(column);
        return new($"{kind} {entity.Name}.{column.Name} ({column.Kind.Name}{(changed is null ? "" : $" to {changed.Kind.Name}")})",
            before => before.With(entity.Name, known => known with
            {
                Columns = [.. known.Columns.Select(one => one == column ? changed : one).OfType<GeneratedColumn>()],
            }),
            rename ? [$"{Snake(entity.Name)}.{Snake(column.Name)}={Snake(changed!.Name)}"] : [],
            place => place.Entity == entity.Name && place.Property == column.Name ? changed is null ? null : (entity.Name, changed.Name) : place)
        { Touches = [entity.Name, $"{entity.Name}.{column.Name}"] };
    }

    private ModelStep On(GeneratedModel world, string kind, Func<GeneratedColumn, bool> wanted, Func<GeneratedColumn, GeneratedColumn?> change, bool rename) =>
        On(world, kind, (_, column) => wanted(column), change, rename);

    private string NewName() => string.Create(CultureInfo.InvariantCulture, $"N{_count++}");

    private T Pick<T>(IEnumerable<T> from)
    {
        var all = from.ToList();
        return all[random.Next(all.Count)];
    }
}
