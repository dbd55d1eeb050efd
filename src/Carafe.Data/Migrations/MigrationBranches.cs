using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>Represents a migration that was written without knowing the one before it.</summary>
/// <param name="Id">The migration.</param>
/// <param name="Other">The one before it.</param>
/// <param name="Lacks">What its model lacks: "book.subtitle".</param>
internal sealed record MigrationBranch(string Id, string Other, string Lacks);

/// <summary>
/// Finds migrations that two people wrote from one base. Each holds the whole model as its writer knew it, so the later one lacks what the earlier
/// one added, and a database that follows it
/// could lose that.
/// </summary>
internal sealed class MigrationBranches(DbContext context)
{
    private readonly MigrationPlan _plan = new(context);
    // What the models no longer have was left in the database on purpose, or its drop was put off.
    private readonly HashSet<Place> _current = [.. Columns(context.GetService<IDesignTimeModel>().Model)];
    private readonly List<string> _ids = [.. context.GetService<IMigrationsAssembly>().Migrations.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Returns the branches of which no later migration knows both sides.</summary>
    /// <param name="among">The migrations to look at; null for all.</param>
    public IEnumerable<MigrationBranch> Unmerged(IReadOnlyCollection<string>? among)
    {
        for (var i = 1; i < _ids.Count; i++)
        {
            // One that is still to come may have been overlooked by the one after it, which is applied.
            if (among is not null && !among.Contains(_ids[i]) && !among.Contains(_ids[i - 1]))
            {
                continue;
            }

            var step = _plan.Content(new MigrationStep(_ids[i], Up: true));
            var lost = Columns(step.From).Select(column => Follow(column, step.Operations)).OfType<Place>().Where(_current.Contains).Except(Columns(step.To))
                .ToList();
            if (lost.FirstOrDefault(place => !_ids.Skip(i + 1).Any(later => Columns(_plan.ModelOf(later)).Contains(place))) is { } first)
            {
                yield return new(_ids[i], _ids[i - 1], $"{first.Table}.{first.Column}");
            }
        }
    }

    /// <exception cref="CommandException">There are branches; nothing was changed.</exception>
    public void Refuse(IReadOnlyCollection<string>? among)
    {
        if (Unmerged(among).FirstOrDefault() is { } branch)
        {
            throw new CommandException($"{Describe(branch)} Run 'db merge' where the app is developed, and go on with what it writes. Nothing was changed.");
        }
    }

    public static string Describe(MigrationBranch branch) =>
        $"{branch.Id} was written without {branch.Other}, and its model lacks {branch.Lacks}: two branches that have not been merged.";

    private static IEnumerable<Place> Columns(IModel? model) =>
        model?.GetRelationalModel().Tables.SelectMany(table => table.Columns.Select(column => new Place(table.Name, column.Name))) ?? [];

    // Where a column is after the operations; null where they drop it.
    private static Place? Follow(Place place, IReadOnlyList<MigrationOperation> operations)
    {
        foreach (var operation in operations)
        {
            switch (operation)
            {
                case DropTableOperation table when table.Name == place.Table:
                case DropColumnOperation column when (column.Table, column.Name) == (place.Table, place.Column):
                    return null;
                case RenameTableOperation table when table.Name == place.Table:
                    place = place with { Table = table.NewName ?? table.Name };
                    break;
                case RenameColumnOperation column when (column.Table, column.Name) == (place.Table, place.Column):
                    place = place with { Column = column.NewName };
                    break;
            }
        }

        return place;
    }

    private sealed record Place(string Table, string Column);
}
